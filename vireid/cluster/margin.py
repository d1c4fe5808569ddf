"""How much room approximate products need, so that exact re-ranking loses no neighbour: a proof.

**What decides.** Let s(j) be the similarity of a query and row j as ``candidates.dot`` has it, and
p(j) an approximate product with |p(j) - s(j)| <= eps for every j among M rows. Then each of the k
rows largest in s, whichever way ties are broken, has

    p(j) >= p_k - 2 eps,    p_k the k-th largest of all p.

*Proof.* s_k, the k-th largest of all s, is at least p_k - eps: the k rows largest in p all have
s >= p - eps >= p_k - eps. A row among the k largest in s has s(j) >= s_k, so p(j) >= s(j) - eps >=
s_k - eps >= p_k - 2 eps. The query, which always comes first, only takes one of the k places. QED.

So all rows with p >= p_k - margin are re-ranked by s, with margin = 2 eps and a little for the
rounding of this line itself.

**Sums.** A sum of n products in floating point, added in any order or tree, with or without fused
multiply-adds, differs from the exact sum by at most gamma_n times the sum of the absolute products,
gamma_n = n u / (1 - n u) (Higham, Accuracy and Stability of Numerical Algorithms, 2002, section
3.1; u = 2^-24 for IEEE float32), and that is at most gamma_n L^2, L the largest norm of a row
(Cauchy-Schwarz). L is 1.001 (``unit_rows``), up to the rounding of the norms by gamma_n.

**On the CPU** p is the matrix library's float32 product, so |p - s| <= 2 gamma_D L^2.

**On a device** settings of torch, of the driver or of the environment may round the factors of a
float32 product to TF32 (11 significant bits) or bf16 (8). So each row is split, x = a + b + e,
where a is x rounded to 8 significant bits and b is x - a rounded likewise, value by value:
|a| <= (1 + r) |x|, |b| <= (r + r^2) |x|, |e| <= r^2 |x| with r = 2^-8. a and b are float32 values
that TF32 and bf16 hold exactly: no such setting changes them. The device computes
p = a.a' + (b.a' + a.b'), the brackets as one product of inner size 2D. It differs from s by what is

- *left out*: x.x' - (a.a' + b.a' + a.b') = b.b' + e.x' + (x - e).e', which is at most
  ((r + r^2)^2 + r^2 + (1 + r^2) r^2) L^2, about 3 r^2;
- *added up*: a.a' has D terms and b.a' + a.b' has 2D, each with the final addition, so at most
  (1 + r)^2 (gamma_{D + 1} + 2 r gamma_{2D + 1}) L^2, with u = 2^-22 in place of 2^-24;
- *what decides*: |s - x.x'| <= gamma_D L^2, u = 2^-24.

*Why u = 2^-22.* Tensor cores multiply exactly, but add m >= 2 products to the running sum at once:
each of the m + 1 addends, and the result, is cut to 24 bits below the largest of them (Fasi et al.,
Numerical behavior of NVIDIA tensor cores, PeerJ CS 2021: this or better on V100, T4 and A100;
assumed of what came later, where FP8 alone is cut shorter, which float32 never turns into). An
addition so errs by at most (m + 2) 2^-23 of the sum of absolute values, D / m additions by
(1 + 2 / m) D 2^-23 <= D 2^-22. Ordinary float32 units are four times better. What this rests on is
that products of float32 tensors are added up in float32, which all these settings keep.

**On a CPU in bf16** (``both_sides``) a row is multiplied as a alone; x = a + e, and |e| is known,
as it is computed. Then |x.x' - a.a'| = |e.x' + a.e'| <= |e| L + (L + |e|) E, where E is the largest
|e| of all rows. The sum q errs by at most (L + |e|) (L + E) gamma_D, taken with u = 2^-22 as of any
device (AMX and AVX-512 add up in float32), and the similarity that decides by gamma_D L^2. With eps
the sum of these, a row among the k largest in s has q(j) >= q_k - 2 eps. The product that one sees
is p = q rounded to 8 bits, which keeps the order: p(j) is at least q_k - 2 eps rounded, so

    p(j) >= p_k - (1 + r) 2 eps - 2 r |q_k|,    |q_k| <= |p_k| / (1 - r).

The margin of a row is (1 + r) 2 eps, about 0.008 for D = 2048 as |e| is about 0.0016 L; the last
term is ``SLACK`` |p_k|.

For D = 2048 the margins are 4.9e-4 on the CPU in float32 and 1.3e-3 on a device.
"""

import numpy as np
from numpy.typing import NDArray

from vireid.cluster.rows import UNIT_TOLERANCE
from vireid.types import Float

_FLOAT32 = 2.0**-24
"""Relative rounding of IEEE float32."""
_DEVICE = 2.0**-22
"""The same of a sum on a device, tensor cores included."""
_PIECE = 2.0**-8
"""Relative rounding to 8 significant bits."""


SLACK = 2 * _PIECE / (1 - _PIECE)
"""What a neighbour of rows in bf16 may lie lower by than the margin says, as a share of p_k."""


def cpu_margin(size: int) -> float:
    """Return how far below the k-th largest product of the matrix library a neighbour may be.

    Args:
        size: D, columns of the rows.

    Returns:
        2 eps, see above; infinite where D is too large for any bound.
    """
    return _margin(2 * _gamma(size, _FLOAT32), size)


def device_margin(size: int) -> float:
    """Return how far below the k-th largest product of split rows a neighbour may be.

    Args:
        size: D, columns of the rows.

    Returns:
        2 eps, see above, whatever precision the device multiplies in; infinite where D is too
        large for any bound.
    """
    r = _PIECE
    left_out = (r + r**2) ** 2 + r**2 + (1 + r**2) * r**2
    added = _gamma(size + 1, _DEVICE) + 2 * r * _gamma(2 * size + 1, _DEVICE)
    return _margin(left_out + (1 + r) ** 2 * added + _gamma(size, _FLOAT32), size)


def rounded_margins(errors: NDArray[np.float64], size: int) -> Float:
    """Return how far below the k-th largest product of rounded rows a neighbour may be.

    Args:
        errors: [N] |e| of each row, how far it is from its rounded form.
        size: D, columns of the rows.

    Returns:
        [N] 2 eps of each row, rounded up, float32; see above.
    """
    largest = errors.max(initial=0.0)
    left_out = errors + (1 + errors) * largest
    added = (1 + errors) * (1 + largest) * _gamma(size, _DEVICE)
    error = left_out + added + _gamma(size, _FLOAT32)
    exact = np.array([_margin(float(one), size) for one in (1 + _PIECE) * error])
    return np.nextafter(exact.astype(np.float32), np.float32(np.inf))


def _gamma(terms: int, unit: float) -> float:
    return terms * unit / (1 - terms * unit) if terms * unit < 1 else float("inf")


def _margin(error: float, size: int) -> float:
    """Double the error of unit rows, for their largest norm, and allow for the margin's rounding.

    The line p_k - margin is computed in float32: it moves by at most 2^-24 (|p_k| + 2 margin).
    What is added covers this and values so small that a device takes them for 0.
    """
    length = (1 + UNIT_TOLERANCE) * (1 + _gamma(size + 2, _FLOAT32))
    return 2 * error * length**2 * (1 + 2.0**-20) + 2.0**-23
