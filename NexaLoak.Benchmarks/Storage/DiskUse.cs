using System.Diagnostics;
using System.Globalization;

namespace NexaLoak.Benchmarks.Storage;

/// <summary>What a folder takes on the disk; holes in files do not count, which .NET can't tell.</summary>
internal static class DiskUse
{
    /// <summary>Asks du(1).</summary>
    /// <returns>Bytes.</returns>
    public static async Task<long> OfAsync(string folder)
    {
        using Process du = Process.Start(new ProcessStartInfo("du", ["-s", "-B1", folder]) { RedirectStandardOutput = true })!;
        string said = await du.StandardOutput.ReadToEndAsync();
        await du.WaitForExitAsync();
        return long.Parse(said.Split('\t')[0], NumberStyles.None, CultureInfo.InvariantCulture);
    }
}
