"""What units do: their spread and saturation, their effect on the outputs, where they are on together, the plane of states."""
