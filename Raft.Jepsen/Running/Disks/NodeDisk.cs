using Raft.Jepsen.PowerCuts;
using Raft.Jepsen.Running.Namespaces;

namespace Raft.Jepsen.Running.Disks;

/// <summary>
/// The disk of one node: a file system of its own whose power can be cut, in memory, mounted where only this disk's thread and the node's process see it. Nothing
/// of it stays behind when they have ended, however that is. One thread at a time may use it.
/// </summary>
internal sealed class NodeDisk : IDisposable
{
    /// <summary>What it is, for people.</summary>
    public const string Form = "ext4 on a loop device for each node";

    // Room for four segments of a log, snapshots, and the journal.
    private const long Bytes = 256L << 20;

    private readonly PrivateNamespace _inside;
    private readonly LoopFileSystem _files;
    private readonly string _root;

    /// <summary>Makes one.</summary>
    /// <param name="folder">Where it is mounted; is created.</param>
    /// <exception cref="HarnessException">That is not possible here; the message says what is missing.</exception>
    public NodeDisk(string folder)
    {
        Directory.CreateDirectory(folder);
        _inside = new PrivateNamespace(NamespaceKind.Mount);
        try
        {
            (_files, _root) = Inside(() =>
            {
                SystemCommand.Run("mount", "--make-rprivate", "/");
                LoopFileSystem.MountMemory(folder);
                var files = new LoopFileSystem(FileSystemKind.Ext4, folder, Bytes);
                return (files, $"/proc/{new FileInfo("/proc/thread-self").LinkTarget}/root");
            });
        }
        catch
        {
            _inside.Dispose();
            throw;
        }
    }

    /// <summary>The folder for the node's data, as the node sees it.</summary>
    public string Data => Path.Combine(_files.Path, "data");

    /// <summary>The same folder as this process sees it, which is not where it is mounted.</summary>
    public string DataFromOutside => _root + Data;

    /// <summary>Tries whether there can be such disks on this machine.</summary>
    /// <param name="folder">Where one is mounted for a moment; is removed.</param>
    /// <exception cref="HarnessException">There can't; the message says what is missing.</exception>
    public static void Require(string folder)
    {
        try
        {
            using var tried = new NodeDisk(folder);
            tried.Cut();
            tried.Restore();
        }
        catch (HarnessException error)
        {
            throw new HarnessException(
                $"The power of nodes can't be cut here: {error.Message.TrimEnd('.')}. Leave powercut out of --nemesis, and --cut-power away.", error);
        }
        finally
        {
            Directory.Delete(folder);
        }
    }

    /// <summary>Takes the calling thread to where the disk is mounted, for good.</summary>
    public void Enter() => _inside.Enter();

    /// <summary>Cuts the power: what was not synced is lost, and all access fails until <see cref="Restore"/>.</summary>
    public void Cut() => Inside(() =>
    {
        _files.Cut();
        return true;
    });

    /// <summary>Turns the power on again. The node must have ended.</summary>
    public void Restore() => Inside(() =>
    {
        _files.Restore();
        return true;
    });

    /// <summary>Copies the node's data to a new folder that everybody sees. The node must have ended; the power may be off.</summary>
    public void Keep(string folder)
    {
        Restore();
        foreach (string file in Directory.Exists(DataFromOutside) ? Directory.EnumerateFiles(DataFromOutside, "*", SearchOption.AllDirectories) : [])
        {
            string copy = Path.Combine(folder, Path.GetRelativePath(DataFromOutside, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    public void Dispose()
    {
        Inside(() =>
        {
            _files.Dispose();
            return true;
        });
        _inside.Dispose();
    }

    private T Inside<T>(Func<T> act)
    {
        try
        {
            return _inside.DoAsync(act).GetAwaiter().GetResult();
        }
        catch (Exception error) when (error is UnavailableException or IOException)
        {
            throw new HarnessException(error.Message, error);
        }
    }
}
