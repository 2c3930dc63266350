using Spectre.Console;

namespace Tokenline.Host.Verbs;

/// <summary>A bar on a terminal; nothing where a script reads.</summary>
internal static class Progress
{
    private const int Columns = 80;

    /// <param name="work">Is given what to tell its phase, how far it is, and of how much; of an unknown whole 0.</param>
    public static async Task ShowAsync(string title, Func<Action<string, long, long>, Task> work)
    {
        // What a script reads is on standard output, and the bar is not.
        var terminal = Terminal.Current;
        if (!terminal.IsWatched)
        {
            await work((_, _, _) => { });
            return;
        }
        // What the process's own screen can do is found out; another is taken at its word.
        var isOwn = terminal.Error == Console.Error;
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Ansi = isOwn ? AnsiSupport.Detect : AnsiSupport.Yes,
                Interactive = isOwn ? InteractionSupport.Detect : InteractionSupport.Yes,
                Out = new AnsiConsoleOutput(terminal.Error),
            }
        );
        if (!isOwn)
            console.Profile.Width = Columns;
        await console
            .Progress()
            .StartAsync(async context =>
            {
                var bar = context.AddTask(Markup.Escape(title));
                await work(
                    (phase, at, of) =>
                    {
                        bar.Description = Markup.Escape($"{title}: {phase}");
                        bar.IsIndeterminate = of == 0;
                        bar.MaxValue = Math.Max(1, of);
                        bar.Value = Math.Min(at, of);
                    }
                );
                bar.IsIndeterminate = false;
                bar.Value = bar.MaxValue;
            });
    }

    /// <summary>An answer that is written into a file, and how much of it has come. On standard output there is the answer alone.</summary>
    public static Task DownloadAsync(ManagementAccess management, string title, string path, string file, CancellationToken cancellation) =>
        file == "-"
            ? management.DownloadAsync(path, file, cancellation)
            : ShowAsync(
                title,
                async tell =>
                {
                    tell(Megabytes(0), 0, 0);
                    await management.DownloadAsync(path, file, cancellation, (at, of) => tell(Megabytes(at), at, of));
                }
            );

    private static string Megabytes(long bytes) => $"{bytes / 1_000_000m:0.0} MB";
}

/// <summary>A stream that is read, such as a file that is sent, and how much of it has gone.</summary>
internal sealed class ToldStream(Stream inner, Action<long, long> tell) : Stream
{
    private readonly long length = inner.CanSeek ? inner.Length : 0;
    private long given;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position
    {
        get => given;
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Told(inner.Read(buffer, offset, count));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Told(await inner.ReadAsync(buffer, cancellationToken));

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private int Told(int read)
    {
        given += read;
        tell(given, length);
        return read;
    }
}
