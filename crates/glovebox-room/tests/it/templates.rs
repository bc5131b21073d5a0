//! Analysis templates: read once, never changed, shown to the collaboration.

use glovebox_model::{Id, Membership, PageRequest, ParameterType, TemplateParameter};
use glovebox_room::{NewTemplate, Quotas, RoomError};

use crate::world::{World, answer, template};

async fn house() -> (World, Id<Membership>) {
    let world = World::with(&["a", "b"]).await;
    let place = world.collaborate("a", "b", &[]).await;
    let membership = world.join("a", place).await;
    world.join("b", place).await;
    (world, membership)
}

fn parameter(name: &str, kind: ParameterType, default: Option<&str>) -> TemplateParameter {
    TemplateParameter { name: name.into(), kind, default: default.map(Into::into) }
}

#[tokio::test]
async fn a_text_and_its_parameters_must_match_both_ways() {
    let (world, membership) = house().await;
    let ok = || template(membership, "t");
    let text = |text: &str| NewTemplate { text: text.into(), ..ok() };
    let with = |parameters| NewTemplate { parameters, ..ok() };
    let good = parameter("carrier", ParameterType::Varchar, None);
    let bad = [
        (text("DROP TABLE flights"), "source.text"),
        (text("SELECT carrier FROM flights; SELECT 1"), "source.text"),
        (text("SELECT carrier FROM flights WHERE"), "source.text"),
        (text("SELECT carrier FROM flights"), "analysisParameters[0].name"),
        (with(vec![]), "analysisParameters"),
        (with(vec![good.clone(), good.clone()]), "analysisParameters[1].name"),
        (
            with(vec![good.clone(), parameter("x", ParameterType::Int, None)]),
            "analysisParameters[1].name",
        ),
        (
            with(vec![parameter("carrier", ParameterType::Int, Some("many"))]),
            "analysisParameters[0].defaultValue",
        ),
        (
            with(vec![parameter("carrier", ParameterType::Varbyte, None)]),
            "analysisParameters[0].type",
        ),
        (NewTemplate { tables: vec!["planes".into()], ..ok() }, "schema.referencedTables[0]"),
    ];
    let caller = world.caller("a");
    for (new, field) in bad {
        let error = world.room.create_analysis_template(caller, new).await.unwrap_err();
        let RoomError::Validation { fields, message, .. } = &error else { panic!("{error}") };
        assert_eq!(fields[0].name, field, "{message}");
        assert!(!message.contains("many"), "{message}");
    }
    let made = world.room.create_analysis_template(caller, ok()).await.unwrap();
    assert_eq!(made.template.parts.tables, ["flights"], "the table need not be there");
    let listed = world.room.list_analysis_templates(caller, membership, PageRequest::first()).await;
    assert_eq!(listed.unwrap().items.len(), 1);
}

#[tokio::test]
async fn a_template_keeps_its_text_and_its_name_is_free_once_it_is_deleted() {
    let quotas = Quotas { templates_per_membership: 2, ..Quotas::default() };
    let world = World::with_quotas(&["a", "b"], quotas).await;
    let place = world.collaborate("a", "b", &[]).await;
    let membership = world.join("a", place).await;
    let (room, caller) = (&world.room, world.caller("a"));
    let made = room.create_analysis_template(caller, template(membership, "t")).await.unwrap();
    let id = made.template.id;
    let again = room.create_analysis_template(caller, template(membership, "t")).await;
    assert_eq!(answer(&again), "ALREADY_EXISTS");
    let described = Some("what it is for".to_owned());
    let shown = room.update_analysis_template(caller, membership, id, described.clone()).await;
    let shown = shown.unwrap().template;
    assert_eq!(shown.parts.description, described);
    assert_eq!(shown.parts.text, made.template.parts.text);
    assert_eq!(shown.version, made.template.version);
    room.create_analysis_template(caller, template(membership, "u")).await.unwrap();
    let third = room.create_analysis_template(caller, template(membership, "v")).await;
    assert_eq!(answer(&third), "Analysis templates per membership: 2");
    // A member with templates cannot leave.
    let leaving = room.delete_membership(world.caller("a"), membership).await;
    assert_ne!(answer(&leaving), "yes");
    room.delete_analysis_template(caller, membership, id).await.unwrap();
    room.delete_analysis_template(caller, membership, id).await.unwrap();
    let gone = room.get_analysis_template(caller, membership, id).await;
    assert_eq!(answer(&gone), "not found");
    room.create_analysis_template(caller, template(membership, "t")).await.unwrap();
}
