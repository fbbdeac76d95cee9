using System.ComponentModel;
using System.Diagnostics;

namespace Raft.Jepsen.Running.Faults;

/// <summary>
/// The small C library that is loaded into the processes of nodes and lets their disks and clocks go wrong. It is compiled for each run, so that it fits the
/// machine.
/// </summary>
/// <param name="Library">Path of the compiled library.</param>
/// <param name="Compiler">What compiled it.</param>
internal sealed record FaultShim(string Library, string Compiler)
{
    /// <summary>Where its source is, among the resources of this program.</summary>
    private const string Source = "faultshim.c";

    private const string DefaultCompiler = "cc";

    /// <summary>Compiles it.</summary>
    /// <param name="folder">A folder for source and library.</param>
    /// <param name="compiler">The command of a C compiler.</param>
    /// <exception cref="HarnessException">There is no compiler, or it does not work.</exception>
    public static FaultShim Compile(string folder, string compiler = DefaultCompiler)
    {
        Directory.CreateDirectory(folder);
        (string source, string library) = (Path.Combine(folder, Source), Path.Combine(folder, "faultshim.so"));
        using (Stream text = typeof(FaultShim).Assembly.GetManifestResourceStream(Source)!)
        using (FileStream file = File.Create(source))
        {
            text.CopyTo(file);
        }

        string version = Run(compiler, "--version").Split('\n')[0];
        Run(compiler, "-O2", "-shared", "-fPIC", "-fvisibility=hidden", "-o", library, source, "-ldl", "-lpthread");
        return new FaultShim(library, version);
    }

    /// <summary>Compiles it, and makes sure that it works.</summary>
    /// <exception cref="HarnessException">It does not; the message says what is missing.</exception>
    public static FaultShim CompileAndTry(string folder)
    {
        FaultShim shim = Compile(folder);
        FaultProbe.Require(shim, folder);
        return shim;
    }

    private static string Run(string compiler, params string[] arguments)
    {
        try
        {
            var start = new ProcessStartInfo(compiler, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
            using Process process = Process.Start(start)!;
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? output : throw Unavailable(compiler, errors.GetAwaiter().GetResult());
        }
        catch (Win32Exception error)
        {
            throw Unavailable(compiler, error.Message);
        }
    }

    private static HarnessException Unavailable(string compiler, string why) => new(
        $"Faults of disks and clocks need a C compiler, and '{compiler}' does not work: {why.Trim()} Install the packages gcc and libc6-dev, or leave "
        + $"{string.Join(", ", Nemeses.NemesisCatalog.ShimNames)} out of --nemesis.");
}
