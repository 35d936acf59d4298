"""Claims by the shape of the sentence: something was done with the customer's matter."""
