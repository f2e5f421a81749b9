# access_string
resource "aws_elasticache_user" "café" {
}
