//! The limits that CloudFormation's schemas put on users, which hold for templates only.

use redis_acl::aws::{Certainty, CreateUser, ProblemKind, SchemaRule, memorydb};
use redis_acl::iac::{self, Format, RequestProblem};
use serde_json::json;

/// The problems of the only request in a template, with the text each points at.
fn problems(properties: &str) -> Vec<(String, String)> {
    let template = user("AWS::ElastiCache::User", properties);
    let found = requested(Format::Yaml, &template);
    found.iter().map(|found| (found.problem.to_string(), template[found.range.clone()].to_owned())).collect()
}

fn user(resource: &str, properties: &str) -> String {
    let indented: String = properties.lines().map(|line| format!("      {line}\n")).collect();
    format!("Resources:\n  User:\n    Type: {resource}\n    Properties:\n{indented}")
}

fn requested(format: Format, text: &str) -> Vec<RequestProblem> {
    let document = iac::read(format, text.as_bytes()).expect("it can be read");
    document.requests().flat_map(|request| request.problems()).collect()
}

const GOOD: &str = "UserId: app\nUserName: App\nEngine: redis\nAccessString: on ~* +@all\n";

fn with(line: &str) -> String {
    let name = line.split(':').next().expect("a name");
    let others = GOOD.lines().filter(|other| !other.starts_with(&format!("{name}:")));
    others.chain(line.lines()).map(|line| format!("{line}\n")).collect()
}

const PASSWORD: &str = "sixteen-chars-ok";

#[test]
fn a_template_rejects_what_the_api_would_take() {
    let secret = format!("Passwords: [{PASSWORD}]");
    for (line, told, at) in [
        ("UserId: App", "UserId must match [a-z][a-z0-9\\-]*", "App"),
        ("UserId: 1app", "UserId must match [a-z][a-z0-9\\-]*", "1app"),
        ("Engine: Redis", "Engine must be one of redis, valkey", "Redis"),
        ("Engine: VALKEY", "Engine must be one of redis, valkey", "VALKEY"),
        ("Engine: memcached", "Engine must be one of redis, valkey", "memcached"),
        ("UserName: ''", "UserName must not be empty", "''"),
        ("AccessString: ' '", "AccessString must match .*\\S.*", "' '"),
    ] {
        let found = problems(&format!("{}{secret}\n", with(line)));
        assert_eq!(found, [(format!("CloudFormation's schema: {told}"), at.to_owned())], "{line}");
    }
    assert!(problems(&format!("{GOOD}{secret}\n")).is_empty());
}

#[test]
fn equal_passwords_are_an_error_in_templates_only() {
    let twice = format!("Passwords: [{PASSWORD}, {PASSWORD}]");
    let found = problems(&format!("{GOOD}{twice}\n"));
    let told = "CloudFormation's schema: Passwords[1] must not equal an earlier item";
    assert_eq!(found, [(told.to_owned(), PASSWORD.to_owned())]);
    let in_mode = format!("{GOOD}AuthenticationMode:\n  Type: password\n  {twice}\n");
    assert_eq!(problems(&in_mode).len(), 1);
    // parameters may have the same value or not
    let unknown = "Passwords: [!Ref First, !Ref Second]";
    assert!(problems(&format!("{GOOD}{unknown}\n")).is_empty());

    let terraform = format!(
        "resource \"aws_elasticache_user\" \"u\" {{\n  user_id = \"App\"\n  user_name = \"App\"\n  engine = \"REDIS\"\n  \
         access_string = \"on\"\n  passwords = [\"{PASSWORD}\", \"{PASSWORD}\"]\n}}\n"
    );
    assert!(requested(Format::Terraform, &terraform).is_empty(), "Terraform has no such schema");
    let request = json!({
        "UserId": "App", "UserName": "App", "Engine": "REDIS", "AccessString": "on",
        "Passwords": [PASSWORD, PASSWORD]
    });
    assert!(requested(Format::Json, &request.to_string()).is_empty(), "nor has the AWS CLI");
}

#[test]
fn required_properties_and_the_access_string_that_only_seems_optional() {
    let found = problems(&format!("Passwords: [{PASSWORD}]\n"));
    let texts: Vec<_> = found.iter().map(|(text, _)| text.as_str()).collect();
    let expected = [
        "CloudFormation's schema: UserId is required",
        "CloudFormation's schema: UserName is required",
        "CloudFormation's schema: Engine is required",
        "An internal error has occurred. Please try your query again at a later time.",
    ];
    assert_eq!(texts, expected);
    let missing: CreateUser = serde_json::from_value(json!({
        "UserId": "a", "UserName": "a", "Engine": "redis", "AuthenticationMode": {"Passwords": [PASSWORD]}
    }))
    .expect("a request");
    let problems = missing.schema_problems();
    let facts: Vec<_> =
        problems.iter().map(|problem| (problem.member(), problem.certainty(), problem.code())).collect();
    let expected = [
        ("AccessString", Certainty::Observed, None),
        ("AuthenticationMode.Type", Certainty::Documented, None),
    ];
    assert_eq!(facts, expected);
    assert!(problems[0].help().expect("help").contains("give `AccessString`"));
}

#[test]
fn tags_of_templates() {
    let tagged = |tags: &str| problems(&format!("{GOOD}Passwords: [{PASSWORD}]\nTags:\n{tags}"));
    assert!(
        tagged("  - {Key: team, Value: search}\n  - !If [c, {Key: a, Value: b}, !Ref AWS::NoValue]\n")
            .is_empty()
    );
    assert!(problems(&format!("{GOOD}Passwords: [{PASSWORD}]\nTags: !Ref Tags\n")).is_empty());
    for (tag, told, at) in [
        ("{Key: 'aws:mine', Value: x}", r"must match ^(?!aws:)[a-zA-Z0-9 _\.\/=+:\-@]*$", "'aws:mine'"),
        ("{Key: 'a,b', Value: x}", r"must match ^(?!aws:)[a-zA-Z0-9 _\.\/=+:\-@]*$", "'a,b'"),
        ("{Key: '', Value: x}", "must not be empty", "''"),
    ] {
        let found = tagged(&format!("  - {{Key: ok, Value: x}}\n  - {tag}\n"));
        assert_eq!(found, [(format!("CloudFormation's schema: Tags[1].Key {told}"), at.to_owned())], "{tag}");
    }
    let found = tagged(&format!("  - {{Key: ok, Value: {}}}\n", "v".repeat(257)));
    assert_eq!(
        found[0].0,
        "CloudFormation's schema: Tags[0].Value must have at most 256 characters or items"
    );
    let many: String = (0..51).map(|number| format!("  - {{Key: k{number}, Value: x}}\n")).collect();
    assert_eq!(tagged(&many)[0].0, "CloudFormation's schema: Tags must have at most 50 characters or items");
}

#[test]
fn memorydb_has_a_schema_of_its_own() {
    let rules = |value| {
        let request: memorydb::CreateUser = serde_json::from_value(value).expect("a request");
        request.schema_problems().iter().map(|problem| problem.kind().clone()).collect::<Vec<_>>()
    };
    let schema = |rule| vec![ProblemKind::Schema(rule)];
    assert_eq!(rules(json!({"UserName": "App"})), schema(SchemaRule::Pattern(r"[a-z][a-z0-9\-]*")));
    assert_eq!(rules(json!({})), schema(SchemaRule::Required));
    let kind = |kind: &str| json!({"UserName": "app", "AuthenticationMode": {"Type": kind}});
    assert_eq!(rules(kind("iam")), []);
    assert_eq!(rules(kind("no-password-required")), schema(SchemaRule::OneOf("password, iam")));

    let template = user("AWS::MemoryDB::User", "UserName: App\nAccessString: 'on ~* &* +@all'\n");
    let found = requested(Format::Yaml, &template);
    let members: Vec<_> = found.iter().map(|found| found.problem.member()).collect();
    assert_eq!(members, ["UserName", "AuthenticationMode"], "the API requires a mode, the schema does not");
}
