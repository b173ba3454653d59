"""What each action does: action ids to functions, menu by menu. See ``roto_gui.actions.table``."""
