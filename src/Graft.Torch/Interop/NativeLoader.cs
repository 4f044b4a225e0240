using System.Runtime.InteropServices;

namespace Graft.Torch.Interop;

/// <summary>Finds libgraft.so, prepares the environment that libtorch reads once, and checks the version.</summary>
internal static partial class NativeLoader
{
    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setenv(string name, string value, int overwrite);

    internal static void Load()
    {
        // OpenMP workers that spin long at barriers make a shared machine many times slower, and those that sleep at once make a quiet
        // one slow: they spin briefly (docs/decisions/0005-short-spins.md). It must be set before libtorch loads.
        if (Environment.GetEnvironmentVariable("OMP_WAIT_POLICY") is null)
        {
            _ = setenv("GOMP_SPINCOUNT", "2000", overwrite: 0);
        }

        // OpenBLAS has its own workers; they must not spin on the cores that OpenMP's need next (docs/decisions/0006-fused-units.md).
        _ = setenv("OPENBLAS_THREAD_TIMEOUT", "8", overwrite: 0);

        // c10d logs on stderr, with glog or its own logger, what comes as an exception too, and every attempt to reach a rank that has not started.
        _ = setenv("GLOG_minloglevel", "3", overwrite: 0);
        _ = setenv("TORCH_CPP_LOG_LEVEL", "FATAL", overwrite: 0);

        NativeLibrary.SetDllImportResolver(typeof(NativeLoader).Assembly, (name, assembly, path) =>
            name == "graft" ? Open() : NativeLibrary.Load(name, assembly, path));
        int found = Native.graft_abi();
        if (found != Native.Abi)
        {
            throw new GraftException(
                Failure.Runtime,
                $"libgraft.so has ABI version {found}; this build of Graft needs version {Native.Abi}.",
                "Build both together: ./graft rebuilds the native library when its sources changed.");
        }
    }

    private static nint Open()
    {
        string? chosen = Environment.GetEnvironmentVariable("GRAFT_NATIVE");
        string path = chosen ?? Path.Combine(AppContext.BaseDirectory, "libgraft.so");
        if (NativeLibrary.TryLoad(path, out nint handle)
            // Where .NET finds the native files of NuGet packages.
            || (chosen is null && NativeLibrary.TryLoad("graft", typeof(NativeLoader).Assembly, DllImportSearchPath.AssemblyDirectory, out handle)))
        {
            return handle;
        }

        string reason = File.Exists(path)
            ? "the file is there but did not load: libtorch or OpenCV is missing or of another version"
            : "there is no such file";
        throw new GraftException(
            Failure.Runtime,
            $"Cannot load the native library {path}: {reason}.",
            "Run ./graft --version once in the repository: it installs the packages that are missing and builds libgraft.so; then build the program again. "
            + "A program that references the NuGet package needs the Debian packages that its page names. "
            + "GRAFT_LIBTORCH names another libtorch to build against, GRAFT_NATIVE another libgraft.so.");
    }
}
