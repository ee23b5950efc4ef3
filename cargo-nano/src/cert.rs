//! `cargo nano cert`: an authority of one's own, and certificates that it signs.

mod files;

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use time::{Duration, OffsetDateTime};

use crate::failure::{Failure, Outcome};
use files::Pair;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Makes an authority, which signs the certificates of servers, nodes and clients
    Ca(Ca),
    /// Makes the certificate of a server, for the names and addresses that clients connect to
    Server(Server),
    /// Makes the certificate of a node of a cluster, which is a server and a client of other nodes
    Node(Named),
    /// Makes the certificate of a client, for servers with `Tls::client_ca`
    Client(Named),
}

#[derive(Args, Debug)]
pub(crate) struct Ca {
    #[command(flatten)]
    place: Place,
    /// The name of the authority, as certificates show it
    #[arg(long, default_value = "nano authority")]
    name: String,
    /// The days for which it is valid; after that, no certificate that it signed is accepted
    #[arg(long, default_value_t = 3650, value_parser = clap::value_parser!(u32).range(1..=36_500))]
    days: u32,
}

#[derive(Args, Debug)]
pub(crate) struct Server {
    /// The names and addresses of the server, such as game.example.org or 127.0.0.1
    #[arg(required = true)]
    hosts: Vec<String>,
    #[command(flatten)]
    signing: Signing,
}

#[derive(Args, Debug)]
pub(crate) struct Named {
    /// The name of the node or client, and of its files
    name: String,
    /// More names and addresses, such as those that other nodes connect to
    hosts: Vec<String>,
    #[command(flatten)]
    signing: Signing,
}

#[derive(Args, Debug)]
#[group(skip)]
struct Place {
    /// The folder of the files
    #[arg(long, value_name = "FOLDER", default_value = "certs")]
    out: PathBuf,
    /// Replaces files that exist, as a renewal does
    #[arg(long)]
    replace: bool,
}

#[derive(Args, Debug)]
#[group(skip)]
struct Signing {
    #[command(flatten)]
    place: Place,
    /// The folder of the authority [default: that of the files]
    #[arg(long, value_name = "FOLDER")]
    ca: Option<PathBuf>,
    /// The days for which the certificate is valid
    #[arg(long, default_value_t = 365, value_parser = clap::value_parser!(u32).range(1..=36_500))]
    days: u32,
}

/// The name of the authority's files.
const AUTHORITY: &str = "ca";
/// The name of a server's files.
const SERVER: &str = "server";

const AS_SERVER: ExtendedKeyUsagePurpose = ExtendedKeyUsagePurpose::ServerAuth;
const AS_CLIENT: ExtendedKeyUsagePurpose = ExtendedKeyUsagePurpose::ClientAuth;

impl Command {
    pub(crate) fn run(self) -> Outcome {
        match self {
            Self::Ca(options) => options.run(),
            Self::Server(Server { hosts, signing }) => {
                let pair = signing.sign(SERVER, &hosts[0], &hosts, &[AS_SERVER])?;
                let (certificate, key) = pair.shown();
                println!(
                    "In the server:\n\n  .listen(Tls::pem({certificate:?}, {key:?}).over(Tcp::bind(\"0.0.0.0:3250\")))\n"
                );
                println!(
                    "Clients trust {:?}, as --ca of `cargo nano call`.",
                    signing.authority().shown().0
                );
                Ok(())
            }
            Self::Node(Named { name, hosts, signing }) => {
                let names = [vec![name.clone()], hosts].concat();
                let pair = signing.sign(&name, &name, &names, &[AS_SERVER, AS_CLIENT])?;
                let (certificate, key) = pair.shown();
                println!(
                    "In the node:\n\n  Cluster::bind(..).name({name:?}).tls(NodeTls::files({:?}, {certificate:?}, {key:?}))",
                    signing.authority().shown().0
                );
                Ok(())
            }
            Self::Client(Named { name, hosts, signing }) => {
                let names = [vec![name.clone()], hosts].concat();
                signing.sign(&name, &name, &names, &[AS_CLIENT])?;
                let authority = signing.authority();
                println!(
                    "A server lets in only such clients with Tls::pem(..).client_ca({:?}).",
                    authority.shown().0
                );
                Ok(())
            }
        }
    }
}

impl Ca {
    fn run(self) -> Outcome {
        let pair = Pair::new(&self.place.out, AUTHORITY)?;
        pair.refuse_present(
            self.place.replace,
            "what the old authority has signed would be trusted no more",
        )?;
        let mut params = params(&self.name, &[], self.days)?;
        // It signs no authorities below itself.
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate().map_err(fault)?;
        let certificate = params.self_signed(&key).map_err(fault)?;
        pair.write(&certificate.pem(), &key.serialize_pem())?;
        pair.tell(self.days);
        println!("Whoever has the key can sign for any name: it belongs on no server.");
        Ok(())
    }
}

impl Signing {
    fn authority_folder(&self) -> &Path {
        self.ca.as_ref().unwrap_or(&self.place.out)
    }

    fn authority(&self) -> Pair {
        Pair::in_folder(self.authority_folder(), AUTHORITY)
    }

    /// Makes a key, and a certificate for it.
    fn sign(
        &self,
        file: &str,
        subject: &str,
        names: &[String],
        uses: &[ExtendedKeyUsagePurpose],
    ) -> Outcome<Pair> {
        let pair = Pair::new(&self.place.out, file)?;
        if file == AUTHORITY {
            return Err(Failure::usage(format!(
                "`{file}` is the name of the authority: choose another"
            )));
        }
        let authority = self.authority();
        let (certificate, key) = authority.read().map_err(|failure| {
            let folder = self.authority_folder().display();
            failure.help(format!("make an authority first: cargo nano cert ca --out {folder}"))
        })?;
        pair.refuse_present(
            self.place.replace,
            "a server that uses them goes on with what it has read",
        )?;
        let unusable = |error| {
            Failure::usage(format!(
                "the authority in {} cannot be used: {error}",
                self.authority_folder().display()
            ))
        };
        let key = KeyPair::from_pem(&key).map_err(unusable)?;
        let issuer = Issuer::from_ca_cert_pem(&certificate, key).map_err(unusable)?;

        let mut params = params(subject, names, self.days)?;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = uses.to_vec();
        params.use_authority_key_identifier_extension = true;
        let key = KeyPair::generate().map_err(fault)?;
        let certificate = params.signed_by(&key, &issuer).map_err(fault)?;
        pair.write(&certificate.pem(), &key.serialize_pem())?;
        pair.tell(self.days);
        Ok(pair)
    }
}

fn params(subject: &str, names: &[String], days: u32) -> Outcome<CertificateParams> {
    let mut params = CertificateParams::new(names).map_err(|_| {
        let failure = Failure::usage(format!("{} cannot be in a certificate", names.join(", ")));
        failure.help("a name has ASCII letters; write others as xn--..")
    })?;
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, subject);
    let now = OffsetDateTime::now_utc();
    // The clock of another machine may be late.
    params.not_before = now - Duration::hours(1);
    params.not_after = now + Duration::days(days.into());
    Ok(params)
}

fn fault(error: rcgen::Error) -> Failure {
    Failure::usage(format!("the certificate cannot be made: {error}"))
}
