"""Running a script of js/ with the official JavaScript SDKs."""
import json
import os
import pathlib
import subprocess

FOLDER = pathlib.Path(__file__).resolve().parents[1]


def run(script, job, seconds=30):
    """Gives js/SCRIPT a job as JSON on its standard input, returns the JSON it prints."""
    done = subprocess.run(
        ["node", str(FOLDER / "js" / script)],
        input=json.dumps(job),
        capture_output=True,
        text=True,
        timeout=seconds,
        cwd=FOLDER,
        env={"PATH": os.environ["PATH"], "HOME": str(FOLDER)},
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
