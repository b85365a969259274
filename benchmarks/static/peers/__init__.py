"""What makes a peer print `{caller: [callees]}`: each file runs under that peer's interpreter."""
