namespace Raft.Jepsen.PowerCuts;

/// <summary>
/// A file system of its own, in a file that a loop device carries, whose power can be cut. The device goes when the file system is unmounted, and that happens
/// at the latest with the last process of the mount namespace.
/// </summary>
internal sealed class LoopFileSystem : IDisposable
{
    private const long Ext4Bytes = 64L << 20;
    private const long XfsBytes = 320L << 20;

    private readonly string _image;
    private bool _mounted;

    /// <summary>Makes and mounts one.</summary>
    /// <param name="kind">Which.</param>
    /// <param name="folder">An empty folder for the file and the place where it is mounted.</param>
    /// <param name="bytes">How large; if not given, as large as such a file system must at least be.</param>
    /// <exception cref="UnavailableException">This machine can't do it.</exception>
    public LoopFileSystem(FileSystemKind kind, string folder, long? bytes = null)
    {
        _image = System.IO.Path.Combine(folder, "image");
        Path = Directory.CreateDirectory(System.IO.Path.Combine(folder, "mount")).FullName;
        using (FileStream image = File.Create(_image))
        {
            image.SetLength(bytes ?? (kind == FileSystemKind.Ext4 ? Ext4Bytes : XfsBytes));
        }

        SystemCommand.Run(kind == FileSystemKind.Ext4 ? ["mkfs.ext4", "-q", "-F", _image] : ["mkfs.xfs", "-q", "-f", _image]);
        Mount();
    }

    /// <summary>Where it is mounted.</summary>
    public string Path { get; }

    /// <summary>Mounts a file system of memory on a folder; it goes with the mount namespace.</summary>
    /// <exception cref="UnavailableException">This machine can't do it.</exception>
    public static void MountMemory(string folder) => SystemCommand.Run("mount", "-t", "tmpfs", "raft-jepsen", folder);

    /// <summary>Cuts the power: what was not synced is lost, and all access fails until <see cref="Restore"/>.</summary>
    public void Cut() => SystemCalls.CutPower(Path);

    /// <summary>Turns the power on again, which replays the journal. Nobody may have a file open.</summary>
    public void Restore()
    {
        Unmount();
        Mount();
    }

    public void Dispose()
    {
        if (_mounted)
        {
            Unmount();
        }

        File.Delete(_image);
    }

    private void Mount()
    {
        SystemCommand.Run("mount", "-o", "loop", _image, Path);
        _mounted = true;
    }

    private void Unmount()
    {
        SystemCommand.Run("umount", Path);
        _mounted = false;
    }
}
