"""Plants errors, in documents and in call graphs, to see what the verifier catches."""
