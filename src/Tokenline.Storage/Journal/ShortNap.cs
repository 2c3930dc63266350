using System.Runtime.InteropServices;

namespace Tokenline.Storage.Journal;

/// <summary>Sleeps for less than the millisecond that .NET's own waits are counted in. Where the system has no such wait it does not sleep at all.</summary>
internal static partial class ShortNap
{
    public static void Take(TimeSpan time)
    {
        if (!OperatingSystem.IsLinux())
            return;
        var wanted = new Timespec { Nanoseconds = (nint)time.TotalNanoseconds };
        _ = Sleep(in wanted, 0); // a signal may end it early, which only makes the batch smaller
    }

    [LibraryImport("libc", EntryPoint = "nanosleep")]
    private static partial int Sleep(in Timespec request, nint remaining);

    [StructLayout(LayoutKind.Sequential)]
    private struct Timespec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
