"""Link code: the square by which a phone opens what stands on a paper as an address."""

import qrcode

from documents.payment_code import drawn


def of_address(url: str) -> str:
    """The code as SVG, the same for the same address."""
    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, mask_pattern=4)
    code.add_data(url, optimize=0)
    code.make(fit=True)
    return drawn(code.modules)
