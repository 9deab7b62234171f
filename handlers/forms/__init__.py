"""Forms: read from an XLSForm, asked step by step, understood in one line. Pure: no disk, no clock.

build        sheets -> Form, or all mistakes at once (cells, rules, mistakes)
Form         what to ask, what values mean, how they are said and read
expressions  constraint, relevant, calculation, choice_filter, default
grammar      one line of SMS -> values (atoms, tables, reading), and back (line)
"""

from handlers.forms.build import build
from handlers.forms.form import Form
from handlers.forms.mistakes import Mistake
from handlers.forms.model import (
    BadForm,
    Choice,
    Context,
    Problem,
    Question,
    Reading,
    Step,
    Values,
)
from handlers.forms.signed import as_said, signed

__all__ = [
    "BadForm",
    "Choice",
    "Context",
    "Form",
    "Mistake",
    "Problem",
    "Question",
    "Reading",
    "Step",
    "Values",
    "as_said",
    "build",
    "signed",
]
