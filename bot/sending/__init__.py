"""What whoever runs the house sees of the messages under way, and decides about them: `drumbeat outbox`.

commands: the command line. overview: what is open. story: one message, in sentences. reasons: what each reason means.
"""
