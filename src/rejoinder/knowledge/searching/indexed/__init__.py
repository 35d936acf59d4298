"""An index over the vectors of one large workspace: made when an operator asks for it, used where it is there."""
