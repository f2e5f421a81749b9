//! What random rules are made of. What is likely stands here more than once.

pub(crate) const KEYWORDS: &[&str] = &[
    "on", "on", "on", "off", "nopass", "nopass", "resetpass", "reset", "clearselectors",
    "sanitize-payload", "skip-sanitize-payload",
];

pub(crate) const PERMISSION_KEYWORDS: &[&str] = &[
    "allkeys", "~*", "resetkeys", "allchannels", "&*", "resetchannels", "allcommands", "nocommands",
    "alldbs", "resetdbs",
];

pub(crate) const KEY_SIGNS: &[&str] = &[
    "~", "~", "~", "~", "%R~", "%W~", "%RW~", "%WR~", "%r~", "%wR~", "%R", "%W", "%RR~", "%X~", "%RWR~",
];

pub(crate) const PATTERN_PIECES: &[&str] = &[
    "a", "a", "a", "b", "A", "app:", "cache:", "*", "*", "?", "[a-z]", "[^x]", "[", "]", "\\*", "\\", "{tag}",
    ":", "|", "%", "@", "#", ">", "+", "-", "=", ",", "~", "&", "(", ")", "'", "\"", "é", "ключ", "\u{a0}",
    "\u{1f511}", "\u{1}", "\u{7f}", " ", "\t", "\n", "\r", "\u{b}", "\u{c}",
];

/// None has a parenthesis, which behind a blank would look like a selector in the printed line.
pub(crate) const FIRST_ARGUMENTS: &[&str] = &[
    "0", "1", "A", "a", "get", "SET", "help", "a|b", "get|", "", "*", "=", "é", "\\", "it's", "\"q\"", "a b", "x\ty",
];

pub(crate) const DATABASES: &[&str] = &[
    "0", "1", "1", "2", "3", "15", "16", "007", "+1", "-0", " 4", "\t5", "2147483647", "2147483648", "-1", "",
    "x", "1x", "1 ", "0x1", "99999999999999999999",
];

pub(crate) const PASSWORDS: &[&str] = &["secret", "secret", "p w", "é", "", ">", "tab\tand\nline"];

pub(crate) const HASHES: &[&str] = &[
    "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b", // of `secret`
    "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", // of nothing
    "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855",
    "g3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b85",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b8555",
    "",
];

pub(crate) const UNKNOWN_CATEGORIES: &[&str] = &["nosuch", "reads", "", "read ", "get"];

pub(crate) const UNKNOWN_COMMANDS: &[&str] = &["nosuch", "", "get ", "get|", "config|nosuch", "nosuch|get"];

/// Whole arguments.
pub(crate) const JUNK: &[&str] = &[
    "", " ", "on ", " on", "onn", "reset!", "get", "*", "~", "&", "=", "|", "\\", "'", "\"on\"", "é", "\u{1f511}",
    "\n", "line\nfeed", "carriage\r\nreturn", "@", "@read", "+", "-", "+@", "-@", "+@all ", "+@ALL", "+@all|get",
    "+|", "+|get", "+ get", "++get", "+-get", "db", "dbs", "db=", "(", ")", "()", "( )", "(()", "(+get", "+get)",
    "~x)", "(+get) (+set)", "(+get (+set", "(~bar))", "((~a)", "((~a))", "(on)", "(>secret)", "(+nosuch)", "(\"\")",
    "('')", "(~it's)", "(~a \"~b)", "(\"~a\" '~b')", "(\"~a\\tb\")", "(\"~\\x41\" +get)",
];

pub(crate) const SPOILERS: &[char] = &[
    'a', 'Z', '0', ' ', '\t', '\n', '\u{b}', '"', '\'', '(', ')', '|', '@', '%', '~', '&', '+', '-', '#', '<', '>',
    '!', '=', ',', '*', '[', '\\', 'é', '\u{a0}', '\u{1f511}', '\u{1}',
];
