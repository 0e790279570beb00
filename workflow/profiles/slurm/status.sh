#!/bin/sh
# How a job of Slurm is, in the words that Snakemake expects: running, success or failed.
trap '' INT # Ctrl-C is meant for Snakemake, which cancels its jobs
said=$(squeue --noheader --states=all --format=%T --jobs="$1" 2>&1)
case $said in
COMPLETED)
    echo success
    ;;
BOOT_FAIL | CANCELLED | DEADLINE | FAILED | LAUNCH_FAILED | NODE_FAIL | OUT_OF_MEMORY | \
    PREEMPTED | REVOKED | TIMEOUT)
    echo failed
    ;;
"" | *"Invalid job id"*)
    # squeue has forgotten it (MinJobAge after its end). Accounting may know how it ended; if
    # there is none, the job is made again.
    case $(sacct --noheader --allocations --parsable2 --format=State --jobs="$1" 2>&1) in
    COMPLETED) echo success ;;
    *) echo failed ;;
    esac
    ;;
*error*)
    echo "$said" >&2 # the controller does not answer, which does not end the job
    echo running
    ;;
*)
    echo running
    ;;
esac
