//! User groups in files: what is certain about their members is reported, and nothing else.

use std::path::Path;

use redis_acl::Service;
use redis_acl::aws::{Certainty, FaultCode, GroupMember, UserGroup};
use redis_acl::iac::{self, Format, Scope};

/// The problems of the groups in a file, with the text each points at.
#[track_caller]
fn problems(format: Format, text: &str) -> Vec<(String, String)> {
    let document = iac::read(format, text.as_bytes()).expect("it can be read");
    let found = document.user_groups().flat_map(|group| &group.problems);
    found.map(|found| (found.problem.to_string(), text[found.range.clone()].to_owned())).collect()
}

fn user(label: &str, id: &str, name: &str, rest: &str) -> String {
    format!(
        "resource \"aws_elasticache_user\" \"{label}\" {{\n  user_id = {id}\n  user_name = {name}\n  \
         access_string = \"on ~* +get\"\n  {rest}\n}}\n"
    )
}

fn group(engine: &str, rest: &str) -> String {
    format!(
        "resource \"aws_elasticache_user_group\" \"g\" {{\n  user_group_id = \"team\"\n  engine = {engine}\n  {rest}\n}}\n"
    )
}

fn terraform(engine: &str, members: &str) -> Vec<(String, String)> {
    problems(Format::Terraform, &format!("{USERS}{}", group(engine, &format!("user_ids = {members}"))))
}

const USERS: &str = r#"
resource "aws_elasticache_user" "app" {
  user_id       = "app"
  user_name     = "app"
  engine        = "redis"
  access_string = "on ~* +get"
  passwords     = ["sixteen-chars-ok"]
}
resource "aws_elasticache_user" "own_default" {
  user_id              = "team-default"
  user_name            = "default"
  engine               = "REDIS"
  access_string        = "off -@all"
  no_password_required = true
}
resource "aws_elasticache_user" "valkey" {
  for_each      = toset(["a"])
  user_id       = "vk"
  user_name     = "vk"
  engine        = "valkey"
  access_string = "on ~* +get"
  authentication_mode { type = "iam" }
}
resource "aws_elasticache_user" "open" {
  user_id       = "Open"
  user_name     = "open"
  engine        = "redis"
  access_string = "on ~* +get"
  authentication_mode { type = "no-password-required" }
}
resource "aws_elasticache_user" "computed" {
  user_id       = var.id
  user_name     = var.name
  engine        = "redis"
  access_string = "on ~* +get"
  passwords     = [var.password]
}
"#;

const NEEDS_DEFAULT: &str = "Redis user group needs to contain a user with the user name default.";

#[test]
fn a_redis_group_needs_a_user_named_default() {
    for members in [
        "[aws_elasticache_user.app.user_id]",
        "[\"app\"]",
        "[\"APP\"]",
        "[aws_elasticache_user.app.id]",
        "[\"${aws_elasticache_user.app.user_id}\"]",
        "concat([aws_elasticache_user.app.user_id], [\"open\"])",
        "[]",
    ] {
        let found = terraform("\"redis\"", members);
        assert_eq!(found, [(NEEDS_DEFAULT.to_owned(), members.to_owned())], "{members}");
        assert_eq!(terraform("\"Redis\"", members).len(), 1, "any case");
        assert!(terraform("var.engine", members).is_empty(), "the engine is not known");
    }
    for members in [
        // the name counts, not the id
        "[aws_elasticache_user.app.user_id, aws_elasticache_user.own_default.user_id]",
        "[\"app\", \"team-default\"]",
        // the account's own
        "[\"default\", \"app\"]",
        // what is not known may be it
        "[aws_elasticache_user.app.user_id, aws_elasticache_user.elsewhere.user_id]",
        "[aws_elasticache_user.app.user_id, \"made-elsewhere\"]",
        "[aws_elasticache_user.app.user_id, aws_elasticache_user.computed.user_id]",
        "[\"app\", var.default_id]",
        "[for user in aws_elasticache_user.valkey : user.user_id]",
        "[\"app\", aws_elasticache_user.app.arn]",
        "concat([\"app\"], var.more)",
        "aws_elasticache_user.app[*].user_id",
        "[module.users.default_id]",
        "var.members",
    ] {
        assert_eq!(terraform("\"redis\"", members), [], "{members}");
    }
}

#[test]
fn members_that_may_be_added_elsewhere_leave_it_open() {
    let app = "user_ids = [\"app\"]";
    let lacking = format!("{USERS}{}", group("\"redis\"", app));
    assert_eq!(problems(Format::Terraform, &lacking).len(), 1);
    let association = |group: &str| {
        format!(
            "resource \"aws_elasticache_user_group_association\" \"a\" {{\n  user_group_id = {group}\n  \
             user_id = aws_elasticache_user.valkey[\"a\"].user_id\n}}\n"
        )
    };
    let associated = |group: &str| problems(Format::Terraform, &format!("{lacking}{}", association(group)));
    for group in ["aws_elasticache_user_group.g.user_group_id", "\"team\""] {
        let found = associated(group);
        let member = "aws_elasticache_user.valkey[\"a\"].user_id";
        let told = "The user vk of engine Valkey cannot be in a user group with engine Redis";
        assert_eq!(found, [(told.to_owned(), member.to_owned())], "what is associated is a member");
    }
    assert_eq!(associated("var.group"), [], "it may be this one, or not");
    for other in ["aws_elasticache_user_group.other.user_group_id", "\"other\""] {
        assert_eq!(associated(other).len(), 1, "{other}: another group");
    }
    for lifecycle in ["lifecycle { ignore_changes = [user_ids] }", "lifecycle {\n ignore_changes = all\n}"] {
        let ignoring = format!("{USERS}{}", group("\"redis\"", &format!("{app}\n  {lifecycle}")));
        assert_eq!(problems(Format::Terraform, &ignoring), [], "{lifecycle}");
    }
    let others = format!(
        "{USERS}{}",
        group("\"redis\"", &format!("{app}\n  lifecycle {{ ignore_changes = [tags] }}"))
    );
    assert_eq!(problems(Format::Terraform, &others).len(), 1);
    assert_eq!(
        problems(Format::Terraform, &group("\"redis\"", "tags = {}")),
        [],
        "nothing lists members here"
    );
}

#[test]
fn a_valkey_group_has_no_users_without_password() {
    let told = |id: &str| format!("No password user {id} cannot be added to user group with engine Valkey");
    for (member, id) in [
        ("aws_elasticache_user.open.user_id", "open"),
        ("\"open\"", "open"),
        ("aws_elasticache_user.own_default.user_id", "team-default"),
        ("\"default\"", "default"),
    ] {
        let members = format!("[aws_elasticache_user.app.user_id, {member}]");
        assert_eq!(terraform("\"valkey\"", &members), [(told(id), member.to_owned())], "{member}");
    }
    // users of Redis with passwords are welcome, nobody need be named default
    for members in [
        "[aws_elasticache_user.app.user_id, aws_elasticache_user.valkey[\"a\"].user_id]",
        "[aws_elasticache_user.computed.user_id, \"elsewhere\", var.id]",
        "[]",
    ] {
        assert_eq!(terraform("\"valkey\"", members), [], "{members}");
    }
    let unsure =
        user("unsure", "\"unsure\"", "\"unsure\"", "engine = \"redis\"\n  no_password_required = var.open");
    let text = format!("{unsure}{}", group("\"valkey\"", "user_ids = [aws_elasticache_user.unsure.user_id]"));
    assert_eq!(problems(Format::Terraform, &text), []);
    let by_reference = user("u", "var.id", "\"u\"", "engine = \"redis\"\n  no_password_required = true");
    let text =
        format!("{by_reference}{}", group("\"valkey\"", "user_ids = [aws_elasticache_user.u.user_id]"));
    assert_eq!(problems(Format::Terraform, &text)[0].0, told("(whose id is not statically known)"));
}

#[test]
fn a_group_has_one_user_of_a_name() {
    let found = terraform("\"redis\"", "[\"default\", aws_elasticache_user.own_default.user_id]");
    let told = "A user with this username already exists.".to_owned();
    assert_eq!(found, [(told, "aws_elasticache_user.own_default.user_id".to_owned())]);
    assert_eq!(
        terraform("\"redis\"", "[\"team-default\", aws_elasticache_user.own_default.user_id]"),
        [],
        "the same user"
    );
}

const TEMPLATE: &str = "Resources:
  App:
    Type: AWS::ElastiCache::User
    Properties: {UserId: app, UserName: app, Engine: redis, AccessString: 'on ~* +get', NoPasswordRequired: true}
  Valkey:
    Type: AWS::ElastiCache::User
    Properties:
      UserId: vk
      UserName: vk
      Engine: valkey
      AccessString: on ~* +get
      AuthenticationMode: {Type: iam}
  Group:
    Type: AWS::ElastiCache::UserGroup
    Properties:
      UserGroupId: team
";

#[test]
fn groups_of_templates() {
    let yaml = |rest: &str| problems(Format::Yaml, &format!("{TEMPLATE}      {rest}\n"));
    let needs_default = |at: &str| vec![(NEEDS_DEFAULT.to_owned(), at.to_owned())];
    assert_eq!(yaml("Engine: redis\n      UserIds: [!Ref App]"), needs_default("[!Ref App]"));
    assert_eq!(yaml("Engine: redis\n      UserIds: [app]"), needs_default("[app]"));
    assert_eq!(yaml("Engine: redis\n      UserIds: [{Ref: App}]"), needs_default("[{Ref: App}]"));
    for members in [
        "[!Ref App, default]",
        "[!Ref App, !Ref Parameter]",
        "[!Ref App, !ImportValue App]",
        "[!GetAtt App.UserId]",
        "[!Ref App, !If [c, !Ref App, !Ref AWS::NoValue]]",
        "!Ref Members",
        "!Split [',', !Ref Members]",
    ] {
        assert_eq!(yaml(&format!("Engine: redis\n      UserIds: {members}")), [], "{members}");
    }
    let told = "No password user app cannot be added to user group with engine Valkey".to_owned();
    assert_eq!(yaml("Engine: valkey\n      UserIds: [vk, app]"), [(told, "app".to_owned())]);
    let told = "The user vk of engine Valkey cannot be in a user group with engine Redis".to_owned();
    assert_eq!(yaml("Engine: redis\n      UserIds: [default, vk]"), [(told, "vk".to_owned())]);
    let told = "CloudFormation's schema: Engine must be one of redis, valkey".to_owned();
    assert_eq!(yaml("Engine: VALKEY\n      UserIds: [vk]"), [(told, "VALKEY".to_owned())]);

    let json = r#"{"Resources": {
        "App": {"Type": "AWS::ElastiCache::User", "Properties": {"UserId": "app", "UserName": "app", "Engine": "redis", "AccessString": "on"}},
        "Group": {"Type": "AWS::ElastiCache::UserGroup", "Properties": {"Engine": "redis", "UserIds": [{"Ref": "App"}]}}
    }}"#;
    assert_eq!(problems(Format::Json, json), needs_default("[{\"Ref\": \"App\"}]"));
}

#[test]
fn terraform_in_json() {
    let text = r#"{"resource": {
        "aws_elasticache_user": {"app": {"user_id": "app", "user_name": "app", "engine": "redis", "access_string": "on"}},
        "aws_elasticache_user_group": {"g": {"engine": "redis", "user_ids": ["${aws_elasticache_user.app.user_id}"]}}
    }}"#;
    let at = r#"["${aws_elasticache_user.app.user_id}"]"#;
    assert_eq!(problems(Format::TerraformJson, text), [(NEEDS_DEFAULT.to_owned(), at.to_owned())]);
}

#[test]
fn codes_and_how_sure_they_are() {
    let member = |engine: &str, name: &str| {
        let mut member = GroupMember::default();
        (member.engine, member.user_name) = (Some(engine.into()), Some(name.into()));
        member
    };
    let facts = |engine: &str, members: Vec<GroupMember>| {
        let group = UserGroup { engine: Some(engine.into()), members, is_complete: true };
        let problem = group.problems().into_iter().next().expect("a problem");
        (problem.member().to_owned(), problem.code().expect("a code"), problem.certainty())
    };
    assert_eq!(
        facts("redis", vec![member("redis", "a")]),
        ("UserIds".to_owned(), FaultCode::DefaultUserRequired, Certainty::Observed)
    );
    assert_eq!(
        facts("valkey", vec![GroupMember::default_user()]),
        ("UserIds[0]".to_owned(), FaultCode::InvalidParameterCombination, Certainty::Observed)
    );
    assert_eq!(
        facts("redis", vec![member("VALKEY", "default")]).2,
        Certainty::Derived,
        "concluded from the guide"
    );
    let twice = vec![member("redis", "default"), member("redis", "default")];
    assert_eq!(
        facts("redis", twice),
        ("UserIds[1]".to_owned(), FaultCode::DuplicateUserName, Certainty::Documented)
    );
    assert_eq!(facts("memcached", Vec::new()).2, Certainty::Emulator);
    let required = FaultCode::DefaultUserRequired;
    assert_eq!((required.code(Service::ElastiCache), required.http_status()), ("DefaultUserRequired", 400));
}

// ---------------------------------------------------------------------------------------------------
// Folders of Terraform

/// The problems of the groups in `group.tf`, read with the other files of its folder.
#[track_caller]
fn problems_in_folder(files: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut scope = Scope::new();
    for (path, text) in files {
        scope.add(Path::new(path), Format::Terraform, text.as_bytes());
    }
    let document = scope.read(Path::new("app/group.tf")).expect("it can be read");
    let text = files.iter().find(|(path, _)| *path == "app/group.tf").expect("it is among the files").1;
    let found = document.user_groups().flat_map(|group| &group.problems);
    found.map(|found| (found.problem.to_string(), text[found.range.clone()].to_owned())).collect()
}

#[test]
fn users_and_associations_in_other_files_of_the_folder_are_known() {
    let group = group("\"redis\"", "user_ids = [aws_elasticache_user.app.user_id]");
    let needs_default = [(NEEDS_DEFAULT.to_owned(), "[aws_elasticache_user.app.user_id]".to_owned())];
    let folder = [("app/users.tf", USERS), ("app/group.tf", &*group)];
    assert_eq!(problems_in_folder(&folder), needs_default);
    assert_eq!(
        problems_in_folder(&[("other/users.tf", USERS), ("app/group.tf", &group)]),
        [],
        "the user of another folder is not this one"
    );
    let association = "resource \"aws_elasticache_user_group_association\" \"a\" {\n  \
                       user_group_id = aws_elasticache_user_group.g.user_group_id\n  user_id = USER\n}\n";
    let with = |user: &str| {
        let association = association.replace("USER", user);
        problems_in_folder(&[folder[0], folder[1], ("app/association.tf", &association)])
    };
    assert_eq!(with("\"elsewhere\""), [], "the associated user can be the default user");
    let told = "The user vk of engine Valkey cannot be in a user group with engine Redis".to_owned();
    assert_eq!(
        with("aws_elasticache_user.valkey[\"a\"].user_id"),
        [(told, "[aws_elasticache_user.app.user_id]".to_owned())],
        "a member that another file adds is reported at the list"
    );
}

/// Three users of one resource.
const COPIES: &str = r#"
resource "aws_elasticache_user" "team" {
  for_each      = { "reader" = "valkey", "writer" = "redis", "default" = "redis" }
  user_id       = "team-${each.key}"
  user_name     = each.key
  engine        = each.value
  access_string = "on ~* +get"
  passwords     = ["sixteen-chars-ok"]
}
resource "aws_elasticache_user" "open" {
  count                = 2
  user_id              = "open-${count.index}"
  user_name            = "open-${count.index}"
  engine               = "redis"
  access_string        = "on ~* +get"
  no_password_required = true
}
"#;

#[test]
fn an_index_selects_a_copy_of_a_user() {
    let with = |engine: &str, members: &str| {
        let group = group(engine, &format!("user_ids = {members}"));
        problems(Format::Terraform, &format!("{COPIES}{group}"))
    };
    let writer = "[aws_elasticache_user.team[\"writer\"].user_id]";
    assert_eq!(with("\"redis\"", writer), [(NEEDS_DEFAULT.to_owned(), writer.to_owned())]);
    let told = "The user team-reader of engine Valkey cannot be in a user group with engine Redis";
    let reader = "aws_elasticache_user.team[\"reader\"].user_id";
    let members = format!("[aws_elasticache_user.team[\"default\"].user_id, {reader}]");
    assert_eq!(with("\"redis\"", &members), [(told.to_owned(), reader.to_owned())]);
    let told = "No password user open-1 cannot be added to user group with engine Valkey";
    let open = "aws_elasticache_user.open[1].user_id";
    assert_eq!(with("\"valkey\"", &format!("[{open}]")), [(told.to_owned(), open.to_owned())]);
}

#[test]
fn of_copies_only_what_all_have_is_known() {
    let with = |engine: &str, members: &str| {
        let group = group(engine, &format!("user_ids = {members}"));
        problems(Format::Terraform, &format!("{COPIES}{group}"))
    };
    let any = "[aws_elasticache_user.team[var.name].user_id]";
    assert_eq!(with("\"redis\"", any), [], "one of them is named default, and one is of Valkey");
    assert_eq!(with("\"valkey\"", any), []);
    let told = "No password user (whose id is not statically known) cannot be added to user group with engine Valkey";
    let open = "aws_elasticache_user.open[var.number].user_id";
    assert_eq!(
        with("\"valkey\"", &format!("[{open}]")),
        [(told.to_owned(), open.to_owned())],
        "none of them has a password"
    );
}

#[test]
fn users_of_a_module_that_is_called_are_known_as_far_as_its_calls_agree() {
    let module = r#"
variable "engine" {}
resource "aws_elasticache_user" "app" {
  user_id       = "app"
  user_name     = "app"
  engine        = var.engine
  access_string = "on ~* +get"
}
"#;
    let call = |name: &str, engine: &str| {
        format!("module \"{name}\" {{\n  source = \"../app\"\n  engine = \"{engine}\"\n}}\n")
    };
    let group = group("var.engine", "user_ids = [aws_elasticache_user.app.user_id, \"default\"]");
    let text = format!("{module}{group}");
    let called = |calls: &str| problems_in_folder(&[("app/group.tf", &text), ("live/main.tf", calls)]);
    let told = "No password user default cannot be added to user group with engine Valkey".to_owned();
    let found = [(told, "\"default\"".to_owned())];
    assert_eq!(called(&call("one", "valkey")), found);
    assert_eq!(called(&format!("{}{}", call("one", "valkey"), call("two", "valkey"))), found);
    assert_eq!(called(&format!("{}{}", call("one", "valkey"), call("two", "redis"))), []);
    assert_eq!(called(""), [], "nothing gives the engine");
}

#[test]
fn values_of_a_group_are_evaluated() {
    let locals = "locals {\n  engine = \"redis\"\n  app = \"app\"\n}\n";
    let with = |members: &str| {
        let group = group("local.engine", &format!("user_ids = {members}"));
        problems(Format::Terraform, &format!("{USERS}{locals}{group}"))
    };
    for members in ["[local.app]", "[\"${local.app}\"]", "[lower(\"APP\")]"] {
        assert_eq!(with(members), [(NEEDS_DEFAULT.to_owned(), members.to_owned())], "{members}");
    }
    assert_eq!(with("[local.app, local.unknown]"), []);
    assert_eq!(with("concat([local.app], var.lists...)"), [], "the last argument holds more lists");
}
