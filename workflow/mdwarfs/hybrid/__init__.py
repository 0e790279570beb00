"""Labels by a second way, to be preferred to SLAM's where the best labels are wanted.

The paper's way learns the flux of every pixel from the labels and turns that round for
a star; every pixel counts by itself. Here three answers to a spectrum are blended:

- *direct*: the spectrum is reduced to a few components (`components`: factor analysis,
  in which every pixel of every star has its own noise), and the labels are a smooth
  function of these (`regression`: a Gaussian process, robust against wrong labels,
  that knows the errors of the training labels and how faint each star is);
- *corrected*: the labels of maximum posterior by a model in which every pixel is a
  quadratic of the labels (`quadratic`: the form of The Cannon, Ness+2015, with the
  training stars weighted by their noise), and what training stars that this model has
  not seen show it to get wrong, as a function of the components (the same regression);
- *support vectors* (`support`) of principal components in units of the noise
  (`principal`), which know nothing of the noise of a star.

How much each counts is learnt from labels of the training stars that are predicted
without them, as a function of how faint the spectrum is (`blend`). What the answers
draw to the mean is measured with the same labels, and undone (`flat`).
Errors of the training labels do not draw the answers towards the mean, because labels
are what is regressed, and not what is regressed on.
"""
