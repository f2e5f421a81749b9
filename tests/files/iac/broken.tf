resource "aws_elasticache_user" "app" {
  access_string = "on ~app:* +@read
}
