"""The acts of the journey: what each party does on the screens, by the words it reads there."""
