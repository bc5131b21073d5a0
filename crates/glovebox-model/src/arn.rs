//! ARNs: the long names of AWS, `arn:aws:cleanrooms:{region}:{account}:{resource}`.

use std::fmt;
use std::str::FromStr;

use crate::{
    AccountId, AnalysisTemplate, Association, Collaboration, ConfiguredTable, Id, Membership,
    PrivacyBudgetTemplate,
};

/// A long name of something in this house.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arn {
    /// `us-east-1` or what the server was started with.
    pub region: String,
    /// The account that owns the thing.
    pub account: AccountId,
    /// The thing.
    pub resource: Resource,
}

/// What an ARN can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Resource {
    /// `collaboration/{id}`, owned by its creator.
    Collaboration(Id<Collaboration>),
    /// `membership/{id}`
    Membership(Id<Membership>),
    /// `configuredtable/{id}`
    ConfiguredTable(Id<ConfiguredTable>),
    /// `configuredtableassociation/{membership}/{id}`; `membership/{membership}/
    /// configuredtableassociation/{id}` names the same thing in schemas.
    Association(Id<Membership>, Id<Association>),
    /// `membership/{membership}/analysistemplate/{id}`
    Template(Id<Membership>, Id<AnalysisTemplate>),
    /// `privacybudgettemplate/{id}`
    BudgetTemplate(Id<PrivacyBudgetTemplate>),
}

/// The text names nothing that can exist here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the ARN names nothing of this service")]
pub struct BadArn;

impl Arn {
    /// The other long name of an association, the one that schemas show.
    pub fn in_schema(&self) -> String {
        let Self { region, account, resource } = self;
        match resource {
            Resource::Association(membership, id) => format!(
                "arn:aws:cleanrooms:{region}:{account}:membership/{membership}/configuredtableassociation/{id}"
            ),
            Resource::BudgetTemplate(_)
            | Resource::Collaboration(_)
            | Resource::Membership(_)
            | Resource::ConfiguredTable(_)
            | Resource::Template(..) => self.to_string(),
        }
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Collaboration(id) => write!(f, "collaboration/{id}"),
            Self::Membership(id) => write!(f, "membership/{id}"),
            Self::ConfiguredTable(id) => write!(f, "configuredtable/{id}"),
            Self::Association(membership, id) => {
                write!(f, "configuredtableassociation/{membership}/{id}")
            }
            Self::Template(membership, id) => {
                write!(f, "membership/{membership}/analysistemplate/{id}")
            }
            Self::BudgetTemplate(id) => write!(f, "privacybudgettemplate/{id}"),
        }
    }
}

impl fmt::Display for Arn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { region, account, resource } = self;
        write!(f, "arn:aws:cleanrooms:{region}:{account}:{resource}")
    }
}

impl FromStr for Arn {
    type Err = BadArn;

    fn from_str(text: &str) -> Result<Self, BadArn> {
        let rest = text.strip_prefix("arn:aws:cleanrooms:").ok_or(BadArn)?;
        let (region, rest) = rest.split_once(':').ok_or(BadArn)?;
        let (account, resource) = rest.split_once(':').ok_or(BadArn)?;
        let account = account.parse().map_err(|_| BadArn)?;
        let parts: Vec<&str> = resource.split('/').collect();
        let resource = match parts.as_slice() {
            ["collaboration", it] => Resource::Collaboration(id(it)?),
            ["membership", it] => Resource::Membership(id(it)?),
            ["configuredtable", it] => Resource::ConfiguredTable(id(it)?),
            ["configuredtableassociation", membership, it]
            | ["membership", membership, "configuredtableassociation", it] => {
                Resource::Association(id(membership)?, id(it)?)
            }
            ["membership", membership, "analysistemplate", it] => {
                Resource::Template(id(membership)?, id(it)?)
            }
            ["privacybudgettemplate", it] => Resource::BudgetTemplate(id(it)?),
            _ => return Err(BadArn),
        };
        Ok(Self { region: region.to_owned(), account, resource })
    }
}

fn id<K>(text: &str) -> Result<Id<K>, BadArn> {
    text.parse().map_err(|_| BadArn)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arns_read_back_and_an_association_has_two_forms() {
        let account = "123456789012".parse().unwrap();
        let membership = Id::from_random([1; 16]);
        for resource in [
            Resource::Collaboration(Id::from_random([2; 16])),
            Resource::Membership(membership),
            Resource::ConfiguredTable(Id::from_random([3; 16])),
            Resource::Association(membership, Id::from_random([4; 16])),
            Resource::Template(membership, Id::from_random([5; 16])),
            Resource::BudgetTemplate(Id::from_random([6; 16])),
        ] {
            let arn = Arn { region: "us-east-1".into(), account, resource };
            assert_eq!(arn.to_string().parse(), Ok(arn.clone()));
            assert_eq!(arn.in_schema().parse(), Ok(arn));
        }
        for bad in ["", "arn:aws:s3:::b", "arn:aws:cleanrooms:r:123456789012:collaboration/x"] {
            assert_eq!(bad.parse::<Arn>(), Err(BadArn), "{bad}");
        }
    }
}
