"""The live view for any page: a text or a series becomes a scene, a scene a frame. See PROTOCOL.md."""
