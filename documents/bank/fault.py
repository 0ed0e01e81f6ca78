"""What is wrong with a bank's file that cannot be read: a sentence that names the line and the field."""

from eipp.kernel.refusal import Refusal


class UnreadableStatement(Refusal):
    """Bytes that are no bank statement, or one that cannot be understood. `message`: what the file calls itself."""

    def __init__(
        self, code: str, sentence: str, *, line: int | None = None, field: str | None = None, status: int = 422,
        message: str = "",
    ) -> None:  # fmt: skip
        super().__init__(code, f"{sentence} (line {line})" if line else sentence, status=status)
        self.line = line
        self.place = field
        self.message = message
