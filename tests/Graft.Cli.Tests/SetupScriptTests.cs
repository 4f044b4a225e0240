using System.Diagnostics;

namespace Graft.Cli.Tests;

/// <summary>tools/setup.sh with programs in place of apt-get and dpkg-query: what it asks for, and what it prints.</summary>
public sealed class SetupScriptTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public SetupScriptTests()
    {
        Directory.CreateDirectory(_folder.At("artifacts"));
        _folder.Write("tools/setup.sh", File.ReadAllText(Path.Combine(Shared.Checkout, "tools", "setup.sh")));
        Program("id", "echo 0");
        Program("dpkg-query", "for name in \"$@\"; do case \"$name\" in *-dev|cmake|g++|make|libopenblas0*|fonts*) echo \"ii  $name\";; esac; done");
        Program("apt-get", $"echo \"$@\" >> '{_folder.At("calls")}'; echo 'Selecting previously unselected package'");
    }

    [Fact]
    public void InstalledPackages_AreSilent()
    {
        (int code, string errors) = Install();
        Assert.Equal((0, ""), (code, errors));
        Assert.False(File.Exists(_folder.At("calls")));
    }

    [Fact]
    public void MissingPackages_AreInstalledWithOneLinePerStep()
    {
        WithoutVideo();
        (int code, string errors) = Install();
        Assert.Equal(0, code);
        Assert.Equal(
            ["graft: reading Debian's package lists", "graft: installing libopencv-videoio-dev fonts-dejavu-core (once; log: artifacts/apt.log)"],
            errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(
            ["update", "install -y --no-install-recommends libopencv-videoio-dev fonts-dejavu-core"],
            File.ReadAllLines(_folder.At("calls")));
        Assert.Contains("Selecting", File.ReadAllText(_folder.At("artifacts", "apt.log")), StringComparison.Ordinal);
    }

    [Fact]
    public void AFailure_NamesTheLogAndShowsItsLastLines()
    {
        WithoutVideo();
        Program("apt-get", "echo 'E: Failed to fetch http://mirror.invalid/x.deb'; exit 100");
        (int code, string errors) = Install();
        Assert.Equal(1, code);
        Assert.Contains("    E: Failed to fetch", errors, StringComparison.Ordinal);
        Assert.Contains(_folder.At("artifacts", "apt.log"), errors, StringComparison.Ordinal);
        Assert.Contains("hint: is there a network", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void AptsLock_IsWaitedFor()
    {
        WithoutVideo();
        Program("apt-get", $"[ -e '{_folder.At("tried")}' ] || {{ touch '{_folder.At("tried")}'; echo 'E: Could not get lock /var/lib/apt/lists/lock'; exit 100; }}");
        (int code, string errors) = Install();
        Assert.Equal(0, code);
        Assert.Contains("waiting for another program", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void OpenCv_IsAskedForByModule()
    {
        string script = File.ReadAllText(_folder.At("tools", "setup.sh")), native = File.ReadAllText(Path.Combine(Shared.Checkout, "native", "CMakeLists.txt"));
        Assert.DoesNotContain("libopencv-dev", script, StringComparison.Ordinal);
        Assert.DoesNotContain("find_package(OpenCV", native, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private void WithoutVideo()
        => Program("dpkg-query", "for name in \"$@\"; do case \"$name\" in *videoio*) ;; *-dev|cmake|g++|make|libopenblas0*) echo \"ii  $name\";; esac; done");

    private void Program(string name, string body)
    {
        string path = _folder.Write($"bin/{name}", $"#!/bin/sh\n{body}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private (int Code, string Errors) Install()
    {
        ProcessStartInfo start = new("bash", ["-c", "source tools/setup.sh; install_packages"]) { RedirectStandardError = true, WorkingDirectory = _folder.Path };
        start.Environment["PATH"] = _folder.At("bin") + ":" + Environment.GetEnvironmentVariable("PATH");
        start.Environment["GRAFT_APT_WAIT"] = "0";
        using Process process = Process.Start(start)!;
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, errors);
    }
}
