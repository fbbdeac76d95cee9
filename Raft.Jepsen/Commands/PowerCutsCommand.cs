using System.CommandLine;
using Raft.Jepsen.PowerCuts;

namespace Raft.Jepsen.Commands;

/// <summary><c>raft-jepsen power-cuts</c>: cuts the power of a file system while a process writes to a storage on it, and checks what is left.</summary>
internal static class PowerCutsCommand
{
    /// <summary>The exit code when this machine, or this user, can't cut the power of a file system.</summary>
    public const int Unavailable = 3;

    public static Command Create()
    {
        Option<long> cuts = CommonOptions.AtLeastOne("--cuts", "How often the power is cut.", 200);
        var kind = new Option<FileSystemKind>("--file-system") { Description = "On which file system; ext4 if not given." };
        var seed = new Option<int>("--seed") { Description = "Draws the moments of the cuts.", DefaultValueFactory = _ => 1 };
        var lie = new Option<SyncLie>("--lie")
        {
            Description = "Let the storage only say that it syncs, its files or the names in its folder: power cuts must find that.",
        };
        var json = new Option<bool>("--json") { Description = "Print JSON, one object a line; the last one sums up." };
        var folder = new Option<string?>("--inside") { Description = "The folder to work in, in namespaces that were made for it.", Hidden = true };
        var command = new Command("power-cuts", "Cuts the power of a file system under a storage that is being written, and checks what is left.")
        {
            cuts, kind, seed, lie, json, folder,
        };
        command.SetAction(parsed =>
        {
            (TextWriter output, TextWriter errors) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            try
            {
                if (parsed.GetValue(folder) is not { } inside)
                {
                    return RunInside(parsed.Tokens.Select(token => token.Value), output, errors);
                }

                MountNamespace.EndWithStarter();
                var campaign = new PowerCutCampaign(parsed.GetValue(kind), parsed.GetValue(lie), parsed.GetValue(seed));
                return new PowerCutReport(campaign, parsed.GetValue(kind), parsed.GetValue(json), output).Run((int)parsed.GetValue(cuts), inside);
            }
            catch (UnavailableException e)
            {
                errors.WriteLine($"raft-jepsen: {e.Message}");
                return Unavailable;
            }
        });
        return command;
    }

    /// <summary>Runs the same command in namespaces of its own, with a folder that is gone afterwards.</summary>
    private static int RunInside(IEnumerable<string> arguments, TextWriter output, TextWriter errors)
    {
        string folder = Directory.CreateTempSubdirectory("raft-power-cuts-").FullName;
        try
        {
            return MountNamespace.Run([.. arguments, "--inside", folder], output, errors);
        }
        finally
        {
            Directory.Delete(folder);
        }
    }
}
