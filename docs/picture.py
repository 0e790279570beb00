"""The picture at the top of README: the page of the default run, as a browser shows it.

    python docs/picture.py [results/simulated/report]     (after `make run`)

It needs Chromium, see `make browser`.
"""

import base64
import io
import sys
import tempfile
import time
from pathlib import Path

from PIL import Image
from selenium.webdriver.support.ui import WebDriverWait

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests import browser  # noqa: E402

WIDTH, COLOURS, BORDER, PAUSE = 1140, 160, 12, 1.0
LOOKS = """
.frame { display: block }
nav, #star .controls, #star .flags, .axes, #count { display: none }
.banner ~ .frame #planes::before { content: "Simulated: invented stars";
    grid-column: 1 / -1; color: #9b1c17; font-weight: 600 }
"""
SHOWN = "#planes", "#plot-residual"
"""First and last of what is on the picture."""


def main(page=ROOT / "results" / "simulated" / "report", out=ROOT / "docs"):
    with tempfile.TemporaryDirectory() as folder, browser.chromium(folder) as driver:
        screen = {
            "width": WIDTH,
            "height": 2400,
            "deviceScaleFactor": 1,
            "mobile": False,
        }
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
        driver.get(Path(page, "index.html").resolve().as_uri())
        ready = "return document.body.dataset.spectrum"
        WebDriverWait(driver, browser.PATIENCE).until(lambda x: x.execute_script(ready))
        driver.execute_script(
            "const style = document.createElement('style');"
            "style.textContent = arguments[0]; document.head.append(style)",
            LOOKS,
        )
        time.sleep(PAUSE)  # the plots take their new width
        left, top, right, bottom = driver.execute_script(
            "const [a, b] = [...arguments].map((x) =>"
            " document.querySelector(x).getBoundingClientRect());"
            "return [a.left, a.top + scrollY, a.right, b.bottom + scrollY]",
            *SHOWN,
        )
        clip = {"x": left - BORDER, "y": top - BORDER, "scale": 1}
        clip |= {
            "width": right - left + 2 * BORDER,
            "height": bottom - top + 2 * BORDER,
        }
        asked = {"clip": clip, "captureBeyondViewport": True}
        seen = driver.execute_cdp_cmd("Page.captureScreenshot", asked)["data"]
    image = Image.open(io.BytesIO(base64.b64decode(seen))).convert("RGB")
    image = image.quantize(COLOURS, dither=Image.Dither.NONE)
    image.save(Path(out) / "picture.png", optimize=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
