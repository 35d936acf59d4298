"""Files of messages: downloaded, checked, kept, shown for a while."""
