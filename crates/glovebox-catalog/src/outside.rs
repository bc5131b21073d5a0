//! Connections made ready: what their owners gave, turned into what sources are asked with.

use std::time::SystemTime;

use futures::FutureExt as _;
use glovebox_model::{AwsService, Connection, Credentials, Place, Secrets};

use crate::aws::assume_role;
use crate::{BadListed, Egress, Held, NoEgress, Operator, Reach, Unavailable};

/// What the operator says of the world outside.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EgressTerms {
    /// Addresses and networks that are reached although they are the house's own.
    pub listed: Vec<String>,
    /// Certificates in PEM that are trusted beside those of the system.
    pub authorities: String,
}

/// The world outside, as far as connections reach it.
#[derive(Debug, Clone)]
pub struct Outside {
    terms: EgressTerms,
    egress: Egress,
    operator: Option<Operator>,
    sts: Option<String>,
}

/// What a connection proves itself with, now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proven {
    /// Ready to be shown: no role to be assumed, nothing of the machine's.
    pub secrets: Secrets,
    /// When it stops working; never, if not said.
    pub expires: Option<SystemTime>,
}

/// The region of STS when a connection names none.
const REGION: &str = "us-east-1";

impl EgressTerms {
    /// The gate that lets through what they list.
    pub fn gate(&self) -> Result<Egress, NoEgress> {
        Egress::new(self.listed()?, self.authorities.as_bytes())
    }

    fn listed(&self) -> Result<Vec<crate::Listed>, BadListed> {
        self.listed.iter().map(|it| it.parse()).collect()
    }
}

impl Outside {
    /// Behind the gate of these terms, with the operator's own credentials if there are any.
    pub fn new(terms: EgressTerms, operator: Option<Operator>) -> Result<Self, NoEgress> {
        let egress = terms.gate()?;
        Ok(Self { terms, egress, operator, sts: None })
    }

    /// The same with another address of STS than AWS's own.
    #[must_use]
    pub fn with_sts(self, endpoint: Option<String>) -> Self {
        Self { sts: endpoint, ..self }
    }

    /// What the operator says.
    pub fn terms(&self) -> &EgressTerms {
        &self.terms
    }

    /// The gate.
    pub fn egress(&self) -> &Egress {
        &self.egress
    }

    /// Credentials that can be shown, from those that the owner gave.
    ///
    /// # Errors
    /// Why there are none, for the owner: the role does not trust this house, or its operator has
    /// nothing to assume it with.
    pub async fn prove(
        &self,
        connection: &Connection,
        secrets: &Secrets,
    ) -> Result<Proven, Unavailable> {
        let (credentials, expires) = match &secrets.credentials {
            Credentials::AssumeRole { external_id } => {
                // Behind a pointer: the futures of AWS's clients are nested without end.
                let assumed = self.assume(connection, external_id).boxed().await?;
                (assumed.credentials, Some(assumed.expires))
            }
            Credentials::Operator => self.operator().boxed().await?,
            given => (given.clone(), None),
        };
        let catalog_token = secrets.catalog_token.clone();
        Ok(Proven { secrets: Secrets { credentials, catalog_token }, expires })
    }

    /// A connection that can be used.
    pub async fn reach(
        &self,
        connection: Connection,
        secrets: &Secrets,
    ) -> Result<Reach, Unavailable> {
        let proven = self.prove(&connection, secrets).await?;
        Ok(Reach::new(connection, proven.secrets, self.egress.clone()))
    }

    async fn operator(&self) -> Result<(Credentials, Option<SystemTime>), Unavailable> {
        let none = Unavailable::Operator("its machine has none");
        self.operator.as_ref().ok_or(none)?.keys().await
    }

    async fn assume(
        &self,
        connection: &Connection,
        external_id: &str,
    ) -> Result<crate::Assumed, Unavailable> {
        let (operator, _) = self.operator().await?;
        let service = AwsService { region: region(&connection.place), endpoint: self.sts.clone() };
        let (role, session) = (connection.role_arn(), format!("glovebox-{}", connection.id));
        let by = (&Held::new(operator), &self.egress);
        assume_role(by, &service, (&role, external_id, &session)).await
    }
}

fn region(place: &Place) -> String {
    match place {
        Place::Glue { service, .. } | Place::Athena { service, .. } => service.region.clone(),
        Place::Files(objects) | Place::Delta(objects) | Place::Iceberg { data: objects, .. } => {
            objects.region.clone()
        }
        Place::Postgresql { .. } => REGION.to_owned(),
    }
}
