# Users of the session cache. Bürogebäude: wide characters before a value shift its column.
terraform {
  required_providers {
    aws = { source = "hashicorp/aws", version = "~> 5.0" }
  }
}

locals {
  prefix = "app"
  rules = {
    reader = { engine = "valkey", engine_version = "8.0", access_string = "on ~app:* +@read" }
    writer = { access_string = "on ~${local.prefix}:* +@write" }
  }
}

variable "users" {
  type = list(object({ name = string, access_string = string }))
  default = [
    { name = "cron", access_string = "on ~cron:* +@list" },
    { name = "none", access_string = null },
  ]
}

resource "aws_elasticache_user" "default" {
  user_id              = "session-default"
  user_name            = "default"
  engine               = "redis"
  access_string        = "off ~* -@all"
  no_password_required = true
}

resource "aws_elasticache_user" "app" {
  user_id   = "session-app"
  user_name = "app"
  engine    = "VALKEY" # either case

  access_string = "on ~\"quoted\":* ~caf\u00e9:* ~$${literal} ~100%%{x} +@read -@dangerous"

  authentication_mode {
    type      = "password"
    passwords = ["not-a-real-password-1", var.second_password]
  }
}

resource "aws_elasticache_user" "heredoc" {
  user_id       = "session-heredoc"
  user_name     = "session-heredoc"
  engine        = "redis"
  access_string = <<-EOT
      on ~app:* +@read
  EOT
  authentication_mode { type = "iam" }
}

resource "aws_elasticache_user" "plain_heredoc" {
  user_id       = "plain"
  user_name     = "plain"
  engine        = "redis"
  passwords     = ["short"]
  access_string = <<EOT
on ~plain:$${x}:* +get
EOT
}

resource "aws_elasticache_user" "each" {
  for_each      = local.rules
  user_id       = each.key
  user_name     = each.key
  engine        = "redis"
  access_string = each.value.access_string
  passwords     = [var.password]
}

resource "aws_elasticache_user" "joined" {
  user_id       = "joined"
  user_name     = "joined"
  engine        = "redis"
  access_string = join(" ", ["on", "~*", "+@all"])
  dynamic "authentication_mode" {
    for_each = [1]
    content { type = "iam" }
  }
}

resource "aws_memorydb_user" "reader" {
  user_name     = "reader"
  access_string = ("on ~* &* -@all +@read")

  authentication_mode {
    type      = "password"
    passwords = [random_password.reader.result]
  }
}

module "cache" {
  source = "./modules/cache"
  access_string = "on ~module:* +@hash"
  users = concat([
    { name = "one", engine = "redis", access_string = "on ~one:* +get" },
    { name = "two", access_string = var.two },
  ], var.others)
}

resource "kubernetes_config_map" "acl" {
  metadata { name = "redis-acl" }
  data = {
    "users.acl" = <<-EOT
      user default off
      user app on #2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b ~app:* +@read
    EOT
  }
}

output "app" {
  value = { access_string = aws_elasticache_user.app.access_string }
}
