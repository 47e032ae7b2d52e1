"""The live view as any page can mount it: a text or a series becomes a scene, a scene a payload."""
