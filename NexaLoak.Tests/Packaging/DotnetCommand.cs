using System.Diagnostics;
using NUnit.Framework;

namespace NexaLoak.Tests.Packaging;

/// <summary>The SDK's own command, which leaves no server of its own behind.</summary>
internal static class DotnetCommand
{
    /// <summary>Runs <c>dotnet</c> in a folder; fails the test with all that it printed when it does not succeed.</summary>
    public static async Task RunAsync(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";

        // It would win over the folder that a nuget.config names.
        start.Environment.Remove("NUGET_PACKAGES");
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync() + await errors;
        await process.WaitForExitAsync();
        Assert.That(process.ExitCode, Is.Zero, $"dotnet {string.Join(' ', arguments)}: {output}");
    }
}
