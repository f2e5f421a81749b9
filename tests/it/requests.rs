//! CreateUser and ModifyUser: every combination of passwords, authentication mode, engine and identity, and
//! each rule by itself.

use std::fmt::Write as _;
use std::path::Path;

use redis_acl::aws::{
    Account, Answers, AuthenticationMode, Certainty, CreateUser, DeleteUser, FaultCode, ModifyUser, Problems,
    Status, Tag, memorydb,
};
use redis_acl::{Password, Service};
use serde_json::json;

const PASSWORD: &str = "sixteen-chars-ok";

/// A request that AWS accepts.
fn good() -> CreateUser {
    CreateUser {
        user_id: Some("user1".into()),
        user_name: Some("user1".into()),
        engine: Some("redis".into()),
        passwords: Some(passwords(1)),
        access_string: Some("on ~* +@all".into()),
        ..CreateUser::default()
    }
}

fn passwords(count: usize) -> Vec<Password<'static>> {
    (0..count).map(|number| format!("{PASSWORD}{number}").into()).collect()
}

fn mode(kind: &str, count: usize) -> AuthenticationMode {
    AuthenticationMode { kind: Some(kind.into()), passwords: (count > 0).then(|| passwords(count)) }
}

#[track_caller]
fn refused(request: &CreateUser) -> Problems {
    request.validate().expect_err("a refusal")
}

/// The first problem's code, member and text.
#[track_caller]
fn first(request: &CreateUser, code: Option<FaultCode>, member: &str, text: &str) {
    let problems = refused(request);
    let first = problems.first();
    assert_eq!((first.code(), first.member(), first.to_string().as_str()), (code, member, text));
}

const VALUE: Option<FaultCode> = Some(FaultCode::InvalidParameterValue);
const COMBINATION: Option<FaultCode> = Some(FaultCode::InvalidParameterCombination);

#[test]
fn every_combination_of_passwords_mode_flag_engine_and_identity() {
    let mut table = String::new();
    for engine in ["redis", "valkey"] {
        for kind in [None, Some("password"), Some("no-password-required"), Some("iam")] {
            for flag in [None, Some(false), Some(true)] {
                for count in 0..=3 {
                    for name in ["user1", "other"] {
                        let request = CreateUser {
                            engine: Some(engine.into()),
                            user_name: Some(name.into()),
                            passwords: (count > 0).then(|| passwords(count)),
                            no_password_required: flag,
                            authentication_mode: kind.map(|kind| mode(kind, 0)),
                            ..good()
                        };
                        let flag = flag.map_or("-".into(), |flag: bool| flag.to_string());
                        let kind = kind.unwrap_or("-");
                        let outcome = outcome(&request);
                        writeln!(table, "{engine:6} {kind:20} {flag:5} {count} {name:5}  {outcome}").unwrap();
                    }
                }
            }
        }
    }
    golden("authentication-matrix.txt", &table);
}

fn outcome(request: &CreateUser) -> String {
    match request.validate() {
        Ok(accepted) => {
            let count =
                accepted.authentication.password_count.map_or(String::new(), |count| format!(" {count}"));
            format!("{}{count}", accepted.authentication.kind)
        }
        Err(problems) => {
            let texts: Vec<_> =
                problems.iter().map(|problem| format!("{:?}: {problem}", problem.code().unwrap())).collect();
            texts.join("; ")
        }
    }
}

/// Compares with a file that people read; `BLESS=1` writes it.
fn golden(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, text).expect("it can be written");
    }
    let expected = std::fs::read_to_string(&path).expect("it can be read");
    let difference = text.lines().zip(expected.lines()).find(|(new, old)| new != old);
    assert!(text == expected, "{name} differs: {difference:?}; BLESS=1 writes it anew");
}

#[test]
fn lengths_of_passwords() {
    for (length, fits) in [(0, false), (15, false), (16, true), (128, true), (129, false)] {
        let request = CreateUser { passwords: Some(vec!["p".repeat(length).into()]), ..good() };
        assert_eq!(request.validate().is_ok(), fits, "{length}");
        if !fits {
            first(&request, VALUE, "Passwords[0]", "Passwords length must be between 16-128 characters.");
        }
    }
    // characters, not bytes
    let request = CreateUser { passwords: Some(vec!["é".repeat(128).into()]), ..good() };
    assert!(request.validate().is_ok());
}

#[test]
fn characters_of_passwords() {
    for c in [',', '"', '/', '@', '\n', '\0'] {
        let request = CreateUser { passwords: Some(vec![format!("{PASSWORD}{c}").into()]), ..good() };
        let problems = refused(&request);
        assert_eq!(problems.first().code(), VALUE);
        assert_eq!(problems.first().certainty(), Certainty::Unknown, "the text is ours");
    }
    for c in ['!', '&', '#', '$', '^', '<', '>', '-', ')', ' '] {
        let request = CreateUser { passwords: Some(vec![format!("{PASSWORD}{c}").into()]), ..good() };
        assert!(request.validate().is_ok(), "{c}");
    }
}

#[test]
fn passwords_in_two_places() {
    let request = CreateUser { authentication_mode: Some(mode("password", 1)), ..good() };
    let text = "Passwords provided via multiple arguments. Use only one argument";
    first(&request, COMBINATION, "AuthenticationMode.Passwords", text);
    let request = CreateUser { passwords: None, authentication_mode: Some(mode("password", 2)), ..good() };
    assert_eq!(request.validate().unwrap().authentication.password_count, Some(2));
    let request = CreateUser { passwords: None, authentication_mode: Some(mode("iam", 1)), ..good() };
    let text = "Password field is not allowed with authentication type: iam";
    first(&request, COMBINATION, "AuthenticationMode.Passwords", text);
}

#[test]
fn combinations_that_were_seen_to_work() {
    let accepted = |request: CreateUser| request.validate().unwrap_or_else(|problems| panic!("{problems}"));
    let both = CreateUser {
        passwords: None,
        no_password_required: Some(true),
        authentication_mode: Some(mode("no-password-required", 0)),
        ..good()
    };
    let authentication = accepted(both).authentication;
    assert_eq!((authentication.kind.as_str(), authentication.password_count), ("no-password", None));
    assert_eq!(
        accepted(CreateUser { no_password_required: Some(false), ..good() }).authentication.kind,
        "password"
    );
    assert_eq!(accepted(CreateUser { engine: Some("REDIS".into()), ..good() }).engine, "redis");
    let upper = CreateUser { user_id: Some("testUserId".into()), user_name: Some("myUser".into()), ..good() };
    let upper = accepted(upper);
    assert_eq!((upper.user_id.as_str(), upper.user_name.as_str()), ("testuserid", "myUser"));
}

#[test]
fn iam_users_are_named_by_their_id() {
    let iam = |id: &str, name: &str| CreateUser {
        user_id: Some(id.into()),
        user_name: Some(name.into()),
        passwords: None,
        authentication_mode: Some(mode("iam", 0)),
        ..good()
    };
    let text = "User Id and User name must be same for authentication type: iam";
    first(&iam("user1", "user2"), COMBINATION, "UserName", text);
    first(&iam("userA", "userA"), COMBINATION, "UserName", text);
    let cased = refused(&iam("userA", "userA"));
    assert_eq!(cased.first().certainty(), Certainty::Derived);
    let help = "AWS stores the id in lower case, and the name as it is: write both in lower case";
    assert_eq!(cased.first().help().as_deref(), Some(help));
    let accepted = iam("user-a", "user-a").validate().unwrap();
    assert_eq!(
        (accepted.authentication.kind.as_str(), accepted.minimum_engine_version.as_str()),
        ("iam", "7.0")
    );
    assert!(iam("userA", "usera").validate().is_err(), "as given they differ");
}

#[test]
fn the_models_constraints_come_first() {
    let empty =
        CreateUser { passwords: Some(Vec::new()), engine: Some("r3dis".into()), ..CreateUser::default() };
    let problems = refused(&empty);
    let sdk: Vec<_> =
        problems.iter().take_while(|problem| problem.code().is_none()).map(ToString::to_string).collect();
    assert_eq!(
        sdk,
        [
            "Missing required parameter in input: \"UserId\"",
            "Missing required parameter in input: \"UserName\"",
            "Invalid value for parameter Engine, valid pattern: [a-zA-Z]*",
            "Invalid length for parameter Passwords, value: 0, valid min length: 1",
            "Missing required parameter in input: \"AccessString\"",
        ]
    );
    assert!(problems.iter().count() > sdk.len(), "the service's own follow");
    for (member, request) in [
        ("UserId", CreateUser { user_id: Some("1user".into()), ..good() }),
        ("UserId", CreateUser { user_id: Some(String::new()), ..good() }),
        ("UserName", CreateUser { user_name: Some(String::new()), ..good() }),
        ("AccessString", CreateUser { access_string: Some("  ".into()), ..good() }),
        ("AuthenticationMode.Type", CreateUser { authentication_mode: Some(mode("none", 0)), ..good() }),
    ] {
        let problems = refused(&request);
        assert_eq!((problems.first().member(), problems.first().code()), (member, None));
    }
}

#[test]
fn ids_names_and_engines() {
    let longest = "a".repeat(40);
    for id in ["a", "user-1", "u1-2-3", longest.as_str()] {
        assert!(CreateUser { user_id: Some(id.into()), ..good() }.validate().is_ok(), "{id}");
    }
    for id in ["user-", "us--er", &"a".repeat(41)] {
        let problems = refused(&CreateUser { user_id: Some(id.into()), ..good() });
        assert!(
            problems.first().to_string().starts_with("The parameter UserId is not a valid identifier."),
            "{id}"
        );
    }
    for name in ["my user", "a\tb", &"a".repeat(121)] {
        assert_eq!(
            refused(&CreateUser { user_name: Some(name.into()), ..good() }).first().member(),
            "UserName"
        );
    }
    let text = "Unknown parameter for Engine: \"keydb\", must be one of: redis, valkey";
    first(&CreateUser { engine: Some("KeyDB".into()), ..good() }, VALUE, "Engine", text);
}

#[test]
fn tags() {
    let tagged = |tags: Vec<Tag>| CreateUser { tags: Some(tags), ..good() };
    let tag = |key: &str, value: &str| Tag { key: Some(key.into()), value: Some(value.into()) };
    assert!(tagged((0..50).map(|number| tag(&number.to_string(), "")).collect()).validate().is_ok());
    assert!(tagged(vec![Tag { key: Some("k".into()), value: None }]).validate().is_ok());
    let many = tagged((0..51).map(|number| tag(&number.to_string(), "")).collect());
    let text = "The request cannot be processed because it would cause the resource to have more than the allowed number of \
                tags. The maximum number of tags permitted on a resource is 50.";
    first(&many, Some(FaultCode::TagQuotaPerResourceExceeded), "Tags", text);
    assert_eq!(refused(&many).first().certainty(), Certainty::Documented);
    for (tag, member) in [
        (tag("aws:x", "y"), "Tags[0].Key"),
        (tag("AWS:x", "y"), "Tags[0].Key"),
        (Tag::default(), "Tags[0].Key"),
        (tag("", ""), "Tags[0].Key"),
        (tag(&"k".repeat(129), ""), "Tags[0].Key"),
        (tag("k", &"v".repeat(257)), "Tags[0].Value"),
    ] {
        let problems = refused(&tagged(vec![tag]));
        assert_eq!((problems.first().member(), problems.first().code()), (member, VALUE));
    }
}

#[test]
fn access_strings_are_answered_by_the_oldest_version_that_can_express_them() {
    let answer = |engine: &str, text: &str| {
        let request = CreateUser { engine: Some(engine.into()), access_string: Some(text.into()), ..good() };
        let accepted = request.validate().unwrap_or_else(|problems| panic!("{text}: {problems}"));
        (accepted.minimum_engine_version, accepted.access_string)
    };
    let of = |version: &str, text: &str| (version.to_owned(), text.to_owned());
    assert_eq!(answer("redis", "off +get ~keys*"), of("6.0", "off ~keys* -@all +get"));
    assert_eq!(answer("redis", "on ~* &* +@all"), of("6.2", "on ~* &* +@all"));
    assert_eq!(answer("redis", "+getex"), of("6.2", "off -@all +getex"));
    assert_eq!(answer("redis", "on %R~a +get"), of("7.0", "on %R~a resetchannels -@all +get"));
    assert_eq!(answer("redis", "on ~a +fcall"), of("7.0", "on ~a -@all +fcall"));
    assert_eq!(answer("valkey", "on ~a +@read"), of("7.2", "on ~a -@all +@read"));
    assert_eq!(answer("valkey", "+script|show"), of("8.0", "off -@all +script|show"));
}

#[test]
fn refused_access_strings_carry_awss_words_and_the_place() {
    for (text, message, certainty) in [
        ("on +@nosuch", "Access string contains invalid category(s)", Certainty::Observed),
        ("on flurb", "The access-string is invalid.", Certainty::Observed),
        ("reset on", "reset rule is not supported in Elasticache user api", Certainty::Observed),
        ("on ~* ~x", "`~x` comes after `~*`, which already allows every key", Certainty::Unknown),
    ] {
        let problems = refused(&CreateUser { access_string: Some(text.into()), ..good() });
        let first = problems.first();
        assert_eq!(
            (first.to_string().as_str(), first.certainty(), first.code()),
            (message, certainty, VALUE)
        );
        assert!(first.report().expect("a drawing").to_string().contains('^'));
    }
    let problems = refused(&CreateUser { access_string: Some("on >secret +gte +@foo".into()), ..good() });
    assert_eq!(problems.iter().count(), 3, "each bad rule is a problem");
}

#[test]
fn the_example_of_the_cli_reference() {
    let request: CreateUser = serde_json::from_value(json!({
        "UserId": "user2", "UserName": "myUser", "Passwords": ["mYnuUzrpAxXw2rdzx"], "Engine": "redis",
        "AccessString": "on ~app::* -@all +@read"
    }))
    .unwrap();
    let place = redis_acl::aws::Place {
        region: "us-west-2".into(),
        account_id: "000000000052".into(),
        ..Default::default()
    };
    let mut account = Account::new(place);
    let user = account.create_user(&request).unwrap();
    let mut answer = serde_json::to_value(&user).unwrap();
    // the example is older than this member
    assert_eq!(answer.as_object_mut().unwrap().remove("MinimumEngineVersion"), Some(json!("6.0")));
    assert_eq!(
        answer,
        json!({
            "UserId": "user2", "UserName": "myUser", "Status": "active", "Engine": "redis",
            "AccessString": "on ~app::* -@all +@read +@hash +@bitmap +@geo -setbit -bitfield -hset -hsetnx -hmset \
                             -hincrby -hincrbyfloat -hdel -bitop -geoadd -georadius -georadiusbymember",
            "UserGroupIds": [],
            "Authentication": {"Type": "password", "PasswordCount": 1},
            "ARN": "arn:aws:elasticache:us-west-2:000000000052:user:user2"
        })
    );
    // and of modify-user
    let append: ModifyUser =
        serde_json::from_value(json!({"UserId": "user2", "AppendAccessString": "on ~* +@all"})).unwrap();
    let user = account.modify_user(&append).unwrap();
    assert_eq!((user.status, user.access_string.as_str()), (Status::Modifying, "on ~* +@all"));
}

#[test]
fn what_was_seen_in_2026_can_be_asked_for() {
    let request = CreateUser { access_string: Some("on ~app:* +@read".into()), ..good() };
    let documented = request.validate().unwrap().access_string;
    assert!(documented.starts_with("on ~app:* -@all +@read +@hash"));
    let observed = request.validate_with(Answers::Observed).unwrap();
    assert_eq!(
        (observed.access_string.as_str(), observed.minimum_engine_version.as_str()),
        ("on ~app:* -@all +@read", "6.0")
    );
}

#[test]
fn an_accounts_users_come_and_go() {
    let mut account = Account::default();
    account.create_user(&good()).unwrap();
    let line =
        account.create_user(&CreateUser { user_id: Some("USER1".into()), ..good() }).unwrap_err().to_string();
    let taken = "An error occurred (UserAlreadyExists) when calling the CreateUser operation: User user1 already exists.";
    assert_eq!(line, taken);

    let modify = |value: serde_json::Value| serde_json::from_value::<ModifyUser>(value).unwrap();
    let change = modify(json!({"UserId": "User1", "NoPasswordRequired": true}));
    let user = account.modify_user(&change).unwrap();
    assert_eq!(
        (user.authentication.kind.as_str(), user.authentication.password_count),
        ("no-password", None)
    );
    let line = account.modify_user(&change).unwrap_err().to_string();
    assert!(line.ends_with("User user1 has status modifying. Only active users can be modified."), "{line}");
    account.settle();
    assert_eq!(account.users()[1].status, Status::Active);

    // a user without password cannot go to Valkey
    let line =
        account.modify_user(&modify(json!({"UserId": "user1", "Engine": "valkey"}))).unwrap_err().to_string();
    assert!(line.ends_with("No-password-required is not allowed for a user with engine Valkey"), "{line}");
    let both = modify(json!({"UserId": "user1", "Engine": "Valkey", "Passwords": [PASSWORD]}));
    let user = account.modify_user(&both).unwrap();
    assert_eq!((user.engine.as_str(), user.minimum_engine_version.as_deref()), ("valkey", Some("7.2")));
    account.settle();

    // what is not given stays
    let user = account.modify_user(&modify(json!({"UserId": "user1", "AccessString": "off -@all"}))).unwrap();
    assert_eq!((user.authentication.password_count, user.access_string.as_str()), (Some(1), "off -@all"));
    account.settle();
    let iam = modify(json!({"UserId": "user1", "AuthenticationMode": {"Type": "iam"}}));
    assert_eq!(account.modify_user(&iam).unwrap().authentication.kind, "iam");
    account.settle();

    assert_eq!(account.delete_user(&DeleteUser::new("user1")).unwrap().status, Status::Deleting);
    let line = account.delete_user(&DeleteUser::new("user1")).unwrap_err().to_string();
    let text = "An error occurred (InvalidUserState) when calling the DeleteUser operation: User has status deleting.";
    assert_eq!(line, text);
    account.settle();
    let missing = account.describe_users(Some("user1")).unwrap_err();
    assert_eq!(missing.code().unwrap().http_status(), 404);
    assert_eq!(account.modify_user(&modify(json!({"UserId": "user1"}))).unwrap_err().code(), missing.code());
    assert_eq!(account.describe_users(None).unwrap().len(), 1);
}

#[test]
fn the_default_user_and_the_quota() {
    let mut account = Account::default();
    let default = CreateUser { user_id: Some("default".into()), user_name: Some("default".into()), ..good() };
    assert_eq!(account.create_user(&default).unwrap_err().code(), Some(FaultCode::UserAlreadyExists));
    // replacing it by name is what AWS advises
    assert!(account.create_user(&CreateUser { user_id: Some("mine".into()), ..default }).is_ok());
    assert!(account.delete_user(&DeleteUser::new("default")).is_err());
    let change: ModifyUser =
        serde_json::from_value(json!({"UserId": "default", "AccessString": "on"})).unwrap();
    assert!(account.modify_user(&change).is_err());
    for number in account.users().len()..1000 {
        let request = CreateUser { user_id: Some(format!("u{number}")), ..good() };
        account.create_user(&request).unwrap();
    }
    let fault = account.create_user(&CreateUser { user_id: Some("last".into()), ..good() }).unwrap_err();
    let text = "An error occurred (UserQuotaExceeded) when calling the CreateUser operation: The quota of users has been exceeded.";
    assert_eq!((fault.code(), fault.to_string().as_str()), (Some(FaultCode::UserQuotaExceeded), text));
}

#[test]
fn an_account_without_the_service_linked_role_answers_nothing() {
    let mut account = Account::default().without_service_linked_role();
    let faults = [
        account.create_user(&good()).unwrap_err(),
        account
            .modify_user(&ModifyUser { user_id: Some("default".into()), ..ModifyUser::default() })
            .unwrap_err(),
        account.delete_user(&DeleteUser::new("default")).unwrap_err(),
        account.describe_users(None).unwrap_err(),
    ];
    for (fault, operation) in faults.iter().zip(["CreateUser", "ModifyUser", "DeleteUser", "DescribeUsers"]) {
        let text = format!(
            "An error occurred (ServiceLinkedRoleNotFoundFault) when calling the {operation} operation: The specified \
             service linked role (SLR) was not found."
        );
        assert_eq!((fault.code(), fault.to_string()), (Some(FaultCode::ServiceLinkedRoleNotFound), text));
    }
}

/// `default` is the id of the user that an account has from the beginning.
#[test]
fn the_default_user_stays_in_a_group_and_out_of_one() {
    let account = |groups: serde_json::Value| -> Account {
        let mut account = serde_json::to_value(Account::default()).unwrap();
        account["Users"][0]["UserGroupIds"] = groups;
        serde_json::from_value(account).unwrap()
    };
    let deleted = |groups| account(groups).delete_user(&DeleteUser::new("default")).unwrap_err();
    let fault = deleted(json!(["group1"]));
    let text = "An error occurred (DefaultUserAssociatedToUserGroup) when calling the DeleteUser operation: The default user \
                assigned to the user group.";
    assert_eq!(fault.to_string(), text);
    assert_eq!(fault.problems().first().certainty(), Certainty::Documented);
    let fault = deleted(json!([]));
    let text = "An error occurred (InvalidParameterValue) when calling the DeleteUser operation: The default user cannot be \
                modified or deleted.";
    assert_eq!(fault.to_string(), text);
    let problem = fault.problems().first();
    assert_eq!(problem.certainty(), Certainty::Unknown);
    assert!(problem.help().unwrap().starts_with("make another user whose UserName is `default`"));
}

#[test]
fn codes_and_statuses_are_those_on_the_wire() {
    for (code, elasticache, memorydb, status) in [
        (FaultCode::InvalidParameterValue, "InvalidParameterValue", "InvalidParameterValueException", 400),
        (
            FaultCode::InvalidParameterCombination,
            "InvalidParameterCombination",
            "InvalidParameterCombinationException",
            400,
        ),
        (FaultCode::UserAlreadyExists, "UserAlreadyExists", "UserAlreadyExistsFault", 400),
        (FaultCode::UserNotFound, "UserNotFound", "UserNotFoundFault", 404),
        (FaultCode::InvalidUserState, "InvalidUserState", "InvalidUserStateFault", 400),
        (FaultCode::DuplicateUserName, "DuplicateUserName", "DuplicateUserNameFault", 400),
        (FaultCode::UserQuotaExceeded, "UserQuotaExceeded", "UserQuotaExceededFault", 400),
        (
            FaultCode::TagQuotaPerResourceExceeded,
            "TagQuotaPerResourceExceeded",
            "TagQuotaPerResourceExceeded",
            400,
        ),
        (
            FaultCode::ServiceLinkedRoleNotFound,
            "ServiceLinkedRoleNotFoundFault",
            "ServiceLinkedRoleNotFoundFault",
            400,
        ),
    ] {
        assert_eq!((code.code(Service::ElastiCache), code.code(Service::MemoryDb)), (elasticache, memorydb));
        assert_eq!(code.http_status(), status, "{elasticache}");
        let text = code.model_text();
        assert!(text.starts_with(char::is_uppercase) && text.ends_with('.'), "{elasticache}: {text}");
    }
}

#[test]
fn problems_are_told_by_the_first_and_their_number() {
    let one = refused(&CreateUser { passwords: Some(passwords(3)), ..good() });
    assert_eq!(one.to_string(), "Maximum number of passwords allowed in this service is 2.");
    let two = refused(&CreateUser { passwords: Some(passwords(3)), user_name: Some("a b".into()), ..good() });
    assert_eq!(
        two.to_string(),
        "A user name has 1 to 120 characters, none of them white space. (and 1 more)"
    );
    let members: Vec<_> = two.into_iter().map(|problem| problem.member().to_owned()).collect();
    assert_eq!(members, ["UserName", "Passwords"]);
}

#[test]
fn a_dump_is_written_back_as_it_was() {
    let dump = json!({
        "Users": [{
            "UserId": "a", "UserName": "A", "Status": "creating", "Engine": "redis", "MinimumEngineVersion": "6.0",
            "AccessString": "on ~* +@all", "UserGroupIds": ["g"], "Authentication": {"Type": "no-password"},
            "ARN": "arn:aws-cn:elasticache:cn-north-1:111122223333:user:a", "NewMember": {"x": [1]}
        }],
        "Marker": "m"
    });
    let mut account: Account = serde_json::from_value(dump.clone()).unwrap();
    assert_eq!(serde_json::to_value(&account).unwrap(), dump);
    let user = account.create_user(&good()).unwrap();
    assert_eq!(
        user.arn, "arn:aws-cn:elasticache:cn-north-1:111122223333:user:user1",
        "new users go where the others are"
    );
    // a word of the service's that is not known here
    assert_eq!(account.users()[0].status, Status::Other("creating".into()));
    let fault = account.delete_user(&DeleteUser::new("a")).unwrap_err().to_string();
    assert!(fault.ends_with("User a has status creating. Only active users can be modified."), "{fault}");
    assert_eq!(account.users()[1].status.to_string(), "active");
}

#[test]
fn members_that_aws_does_not_know_are_named() {
    for (value, member) in [
        (json!({"UserID": "a"}), "`UserID`"),
        (json!({"AuthenticationMode": {"type": "iam"}}), "`type`"),
        (json!({"Tags": [{"Name": "x"}]}), "`Name`"),
    ] {
        let error = serde_json::from_value::<CreateUser>(value).unwrap_err().to_string();
        assert!(error.contains("unknown field") && error.contains(member), "{error}");
    }
    assert!(serde_json::from_value::<memorydb::CreateUser>(json!({"Engine": "redis"})).is_err());
}

#[test]
fn memorydb_has_the_same_rules_in_other_clothes() {
    let request = |value| serde_json::from_value::<memorydb::CreateUser>(value).unwrap().validate();
    let accepted = request(json!({
        "UserName": "u", "AccessString": "~objects:* ~items:* ~public:*",
        "AuthenticationMode": {"Type": "password", "Passwords": [PASSWORD]}
    }))
    .unwrap();
    assert_eq!(accepted.access_string, "off ~objects:* ~items:* ~public:* resetchannels -@all");
    assert_eq!(
        (accepted.minimum_engine_version.as_str(), accepted.authentication.password_count),
        ("6.2", Some(1))
    );
    let members = |value| {
        let problems = request(value).unwrap_err();
        problems.iter().map(|problem| problem.member().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(members(json!({})), ["UserName", "AuthenticationMode", "AccessString"]);
    let no_password = json!({"UserName": "u", "AccessString": "on", "AuthenticationMode": {"Type": "no-password-required"}});
    assert_eq!(members(no_password)[0], "AuthenticationMode.Type");
    let short = json!({"UserName": "u", "AccessString": "on", "AuthenticationMode": {"Type": "password", "Passwords": ["x"]}});
    assert_eq!(members(short), ["AuthenticationMode.Passwords[0]"]);
    let update: memorydb::UpdateUser =
        serde_json::from_value(json!({"UserName": "u", "AccessString": "on +get"})).unwrap();
    assert_eq!(update.validate().unwrap().access_string.as_deref(), Some("on resetchannels -@all +get"));
    // the fault's text is about ElastiCache, where 50 tags are the most
    let tags = |count: usize| (0..count).map(|number| json!({"Key": number.to_string()})).collect::<Vec<_>>();
    let tagged = |count| {
        request(json!({
            "UserName": "u", "AccessString": "on", "AuthenticationMode": {"Type": "iam"}, "Tags": tags(count)
        }))
    };
    assert!(tagged(200).is_ok());
    let problems = tagged(201).unwrap_err();
    assert_eq!(problems.first().code().unwrap().code(Service::MemoryDb), "TagQuotaPerResourceExceeded");
    assert_eq!(problems.to_string(), "A user has at most 200 tags.");
}

/// What stands in the place of a password or a structure may be a password that was written without quotes.
#[test]
fn what_is_no_password_is_refused_and_not_repeated() {
    for (value, message) in [
        (json!({"Passwords": [8_241_973_105_u64]}), "a password is a text"),
        (json!({"Passwords": [-8_241_973_105_i64]}), "a password is a text"),
        (json!({"Passwords": [8_241.25]}), "a password is a text"),
        (json!({"Passwords": [true]}), "invalid type: boolean `true`, expected a text"),
        (json!({"Passwords": 8_241_973_105_u64}), "expected a list of passwords"),
        (json!({"Passwords": -8_241_973_105_i64}), "expected a list of passwords"),
        (json!({"Passwords": 8_241.25}), "expected a list of passwords"),
        (json!({"Passwords": null}), "expected a list of passwords"),
        (json!({"Passwords": true}), "invalid type: boolean `true`, expected a list of passwords"),
        (json!({"AuthenticationMode": 8_241_973_105_u64}), "expected an object with Type and Passwords"),
        (json!({"AuthenticationMode": -8_241}), "expected an object with Type and Passwords"),
        (json!({"AuthenticationMode": 8_241.25}), "expected an object with Type and Passwords"),
        (json!({"AuthenticationMode": null}), "expected an object with Type and Passwords"),
        (json!({"AuthenticationMode": {"Passwords": [8_241]}}), "a password is a text"),
    ] {
        let error = serde_json::from_value::<CreateUser>(value.clone()).unwrap_err();
        assert_eq!(error.to_string(), message, "{value}");
    }
}

#[test]
fn no_answer_or_error_holds_a_password() {
    const SECRET: &str = "Tr0ub4dor-and-3-more";
    for value in [
        json!({"Passwords": SECRET}),
        json!({"Passwords": [SECRET, "x"], "UserId": "a", "AccessString": format!("on >{SECRET}")}),
        json!({"Passwords": {SECRET: 1}}),
        json!({"AuthenticationMode": format!("Type=password,Passwords={SECRET}")}),
        json!({"AuthenticationMode": {"Type": "password", "Passwords": SECRET}}),
        json!({"UserId": "a", "UserName": "a", "Engine": "redis", "AccessString": "on", "Passwords": [SECRET]}),
    ] {
        let request = serde_json::from_value::<CreateUser>(value.clone());
        let mut told = format!("{request:?}");
        let mut account = Account::default();
        if let Ok(request) = &request {
            let answer = account.create_user(request);
            let _ = write!(told, "{answer:?}");
            if let Err(fault) = answer {
                let _ = write!(told, "{fault}");
                fault.problems().iter().for_each(|problem| {
                    let _ = write!(
                        told,
                        "{problem} {:?} {:?}",
                        problem.help(),
                        problem.report().map(|report| report.to_string())
                    );
                });
            }
        } else if let Err(error) = &request {
            let _ = write!(told, "{error}");
        }
        let _ = write!(told, "{account:?} {}", serde_json::to_string(&account).unwrap());
        assert!(!told.contains(SECRET), "{value}: {told}");
    }
}

#[test]
fn only_what_aws_itself_shows_is_attested() {
    use Certainty::{Derived, Documented, Emulator, Observed, Unknown};
    for (certainty, is_attested) in
        [(Observed, true), (Documented, true), (Emulator, false), (Derived, false), (Unknown, false)]
    {
        assert_eq!(certainty.is_attested(), is_attested, "{certainty:?}");
        let caveat = certainty.caveat();
        assert_eq!(caveat.is_some_and(|caveat| caveat.starts_with("not observed: ")), !is_attested);
    }
}

/// AWS was asked for these on ElastiCache; of MemoryDB only the length of passwords was seen.
#[test]
fn what_elasticache_was_seen_to_say_is_derived_for_memorydb() {
    let certainty = |value| {
        let request: memorydb::CreateUser = serde_json::from_value(value).unwrap();
        request.validate().unwrap_err().first().certainty()
    };
    let with = |name: &str, string: &str, passwords: &[&str]| {
        json!({
            "UserName": name, "AccessString": string,
            "AuthenticationMode": {"Type": "password", "Passwords": passwords}
        })
    };
    assert_eq!(certainty(with("u", "on", &["short"])), Certainty::Observed);
    assert_eq!(certainty(with("u", "on", &[PASSWORD; 3])), Certainty::Derived);
    assert_eq!(certainty(with("u", "on flurb", &[PASSWORD])), Certainty::Unknown, "the words are ours");
    assert_eq!(certainty(with("u--u", "on", &[PASSWORD])), Certainty::Documented, "the guide has the rule");
    assert_eq!(certainty(json!({})), Certainty::Documented);
}
