//! What mends a step that failed.

use glovebox_model::{ObjectProtocol, Place};

use crate::Barred;
use crate::table::Unavailable;

fn is_of(place: &Place, protocol: ObjectProtocol) -> bool {
    place.objects().is_some_and(|it| it.protocol == protocol)
}

/// What its owner, or the operator, can do about it.
pub(super) fn mend(why: &Unavailable, place: &Place) -> Option<&'static str> {
    Some(match (why, place) {
        (Unavailable::Barred(Barred::Unreached(_)), _) => {
            "look at the name; a host of the house's own networks is reached once its operator \
             lists it: glovebox serve --egress-allow"
        }
        (Unavailable::Barred(_), _) => {
            "an address of the house's own networks, or one without TLS, is reached once its \
             operator lists it: glovebox serve --egress-allow"
        }
        (Unavailable::Expired, _) => {
            "give newer credentials: glovebox connection add --replace; or let the house assume \
             the role: --assume-role"
        }
        (Unavailable::Untrusted { .. }, _) => {
            "give the role the trust policy that glovebox connection show prints (the operator's \
             account with this account's external id), in the AWS account that has this account's \
             number; the operator needs sts:AssumeRole on it"
        }
        (Unavailable::Operator(_), _) => {
            "its operator gives the house credentials of AWS that are good now and may do \
             sts:AssumeRole; nothing is to be changed in the connection"
        }
        (Unavailable::Unproven(_), _) => {
            "try again; its operator looks whether the house reaches STS (AWS_ENDPOINT_URL_STS)"
        }
        (Unavailable::Denied { .. }, Place::Glue { .. }) => {
            "let the role or keys do glue:GetDatabase, glue:GetTable, glue:GetTables and \
             glue:GetPartitions, and s3:ListBucket and s3:GetObject below the roots"
        }
        (Unavailable::Denied { .. }, Place::Athena { .. }) => {
            "let the role or keys do athena:StartQueryExecution, athena:GetQueryExecution, \
             athena:StopQueryExecution and athena:GetTableMetadata, glue:GetTable and \
             glue:GetPartitions, and s3:GetObject, s3:PutObject, s3:DeleteObject and \
             s3:ListBucket below the root"
        }
        (Unavailable::Unusable(_), Place::Athena { .. }) => {
            "name a workgroup that is there, is enabled and lets its queries say where their \
             results go (--workgroup), and a root into which they may be written (--root)"
        }
        (Unavailable::Denied { .. }, Place::Postgresql { .. }) => {
            "GRANT USAGE ON SCHEMA and GRANT SELECT ON the tables to the user"
        }
        (Unavailable::Unusable(_), Place::Postgresql { .. }) => {
            "give the user and password that the server knows: glovebox connection add --replace; \
             let the user in from the house's address in pg_hba.conf"
        }
        (Unavailable::Denied { .. }, place) if is_of(place, ObjectProtocol::Gcs) => {
            "let the service account list and get objects (Storage Object Viewer on the bucket; to \
             take results Storage Object User), and look whether its key was revoked"
        }
        (Unavailable::Denied { .. }, place) if is_of(place, ObjectProtocol::Azure) => {
            "give a key that the storage account has now: glovebox connection add --replace; \
             --region names the account"
        }
        (Unavailable::Denied { .. }, _) => {
            "let the credentials list the bucket and get objects below the roots (s3:ListBucket, \
             s3:GetObject; to take results s3:PutObject and s3:AbortMultipartUpload)"
        }
        (Unavailable::Elsewhere { .. }, _) => "name the region of the bucket: --region",
        (Unavailable::Outside { .. }, _) => "add the bucket or prefix to the roots: --root",
        (Unavailable::NotInCatalog { what: "table", .. }, _) => {
            "name a table that the catalog has: --table DATABASE.TABLE"
        }
        (Unavailable::NotInCatalog { .. }, _) => {
            "name databases as the catalog does: --database; or another catalog: --catalog-id"
        }
        (Unavailable::Missing { .. } | Unavailable::Empty { .. }, _) => {
            "tables lie at <root>/<database>/<table>: move the root, or name another table"
        }
        _ => return None,
    })
}
