"""Does every comparison in the rules have a test that notices when it is changed?"""
