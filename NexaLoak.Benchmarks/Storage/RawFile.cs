using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace NexaLoak.Benchmarks.Storage;

/// <summary>A file of zeros that is written over from start to end, again and again, by nothing but pwrite(2) and fdatasync(2).</summary>
internal sealed partial class RawFile : IDisposable
{
    private const int ZeroChunk = 1 << 20;

    private readonly SafeFileHandle _file;
    private readonly long _length;
    private long _at;

    public RawFile(string path, long length)
    {
        _file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite);
        _length = length;
        byte[] zeros = new byte[ZeroChunk];
        for (_at = 0; _at < length;)
        {
            Write(zeros);
        }

        Sync();
    }

    public unsafe void Write(ReadOnlySpan<byte> bytes)
    {
        _at = _at + bytes.Length > _length ? 0 : _at;
        fixed (byte* first = bytes)
        {
            if (PWrite(_file, first, (nuint)bytes.Length, _at) != bytes.Length)
            {
                throw Failed("pwrite");
            }
        }

        _at += bytes.Length;
    }

    public void Sync()
    {
        if (FDataSync(_file) != 0)
        {
            throw Failed("fdatasync");
        }
    }

    public void Dispose() => _file.Dispose();

    private static IOException Failed(string call) => new($"{call} failed: {Marshal.GetLastPInvokeErrorMessage()}.");

    [LibraryImport("libc", EntryPoint = "pwrite", SetLastError = true)]
    private static unsafe partial nint PWrite(SafeFileHandle file, byte* bytes, nuint count, long offset);

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int FDataSync(SafeFileHandle file);
}
