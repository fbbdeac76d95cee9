using System.Diagnostics;
using System.Text.Json;
using NUnit.Framework;

namespace NexaLoak.Tests.Transport.Interop;

/// <summary>Runs a script beside this file with Debian's Python and gRPC; lines of JSON go in and come out.</summary>
internal sealed class PythonGrpc : IDisposable
{
    private const string Interpreter = "/usr/bin/python3";

    private readonly Process _process;
    private readonly Task<string> _errors;

    private PythonGrpc(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Ends the test as skipped where the package is missing.</summary>
    public static void Require()
    {
        if (!File.Exists(Interpreter) || !HasGrpc())
        {
            Assert.Ignore("python3-grpcio is not installed, so there is no other gRPC to talk to: apt-get install python3-grpcio");
        }
    }

    public static PythonGrpc Start(string script) => new(Run(Path.Combine(FindFolder(), script)));

    public async Task WriteLineAsync(object value)
    {
        await _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(value));
        await _process.StandardInput.FlushAsync();
    }

    public void CloseInput() => _process.StandardInput.Close();

    public async Task<JsonElement> ReadLineAsync()
    {
        string? line = await _process.StandardOutput.ReadLineAsync().WaitAsync(Eventually.Limit);
        Assert.That(line, Is.Not.Null, () => $"the script ended: {_errors.GetAwaiter().GetResult()}");
        return JsonDocument.Parse(line!).RootElement;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.WaitForExit();
        _process.Dispose();
    }

    private static bool HasGrpc()
    {
        using Process check = Run("-c", "import grpc");
        check.WaitForExit();
        return check.ExitCode == 0;
    }

    private static Process Run(params string[] arguments)
        => Process.Start(new ProcessStartInfo(Interpreter, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;

    private static string FindFolder()
    {
        for (DirectoryInfo? folder = new(TestContext.CurrentContext.TestDirectory); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, "NexaLoak.Tests", "Transport", "Interop");
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        throw new DirectoryNotFoundException("The folder NexaLoak.Tests/Transport/Interop is not above the tests' binaries.");
    }
}
