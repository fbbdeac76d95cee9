using Raft.Jepsen.Running.Disks;
using Raft.Jepsen.Running.Faults;
using Raft.Jepsen.Running.Nemeses;

namespace Raft.Jepsen.Running.Campaigns;

/// <summary>The nemeses that can do their work on this machine.</summary>
/// <param name="Names">Their names.</param>
/// <param name="Missing">The names of the others, and why they can't.</param>
internal sealed record PossibleFaults(IReadOnlyList<string> Names, IReadOnlyDictionary<string, string> Missing)
{
    /// <summary>Tries all tools.</summary>
    /// <param name="folder">Where to try them; is removed.</param>
    public static PossibleFaults Probe(string folder)
    {
        var missing = new Dictionary<string, string>();
        Try(() => FaultShim.CompileAndTry(Directory.CreateDirectory(folder).FullName), NemesisCatalog.ShimNames);
        Directory.Delete(folder, recursive: true);
        Try(() => NodeDisk.Require(folder), [NemesisCatalog.PowerCut]);
        return new PossibleFaults([.. NemesisCatalog.Names.Where(name => !missing.ContainsKey(name))], missing);

        void Try(Action probe, IEnumerable<string> names)
        {
            try
            {
                probe();
            }
            catch (HarnessException error)
            {
                foreach (string name in names)
                {
                    missing[name] = error.Message;
                }
            }
        }
    }
}
