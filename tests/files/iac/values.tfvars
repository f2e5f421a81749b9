users = {
  app = { engine = "redis", access_string = "on ~app:* +@read" }
}
access_string = "on ~top:* +get"
