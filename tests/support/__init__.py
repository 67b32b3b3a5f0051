"""What tests share: invented editions, browsers, the reference implementation, attacks."""
