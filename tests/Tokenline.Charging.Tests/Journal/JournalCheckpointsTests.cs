using Tokenline.Storage.Journal;
using Tokenline.Testing;

namespace Tokenline.Charging.Tests.Journal;

public sealed class JournalCheckpointsTests : IDisposable
{
    private const int Little = 100; // pages of a log that has begun anew
    private const int Megabyte = 1_000_000;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("tokenline-test");
    private readonly JournalConnection writer;
    private readonly JournalStatement insert;

    public JournalCheckpointsTests()
    {
        writer = new JournalConnection(File);
        writer.Run("PRAGMA journal_mode=WAL; CREATE TABLE t (body BLOB)");
        writer.CountLogPages();
        insert = writer.Prepare("INSERT INTO t VALUES (zeroblob(?))");
    }

    private string File => Path.Combine(folder.FullName, "charges.db");

    [Fact]
    public async Task A_long_log_is_brought_over_beside_the_writer_and_begins_anew()
    {
        using var checkpoints = new JournalCheckpoints(File);
        while (writer.LogPages < 16_000)
            Commit(checkpoints, Megabyte);

        var pages = await Eventually.WhenAsync(() => Task.FromResult(Commit(checkpoints, 1)), pages => pages < Little);

        Assert.InRange(pages, 1, Little);
        Assert.True(new FileInfo(File).Length > 60 * Megabyte);
    }

    [Fact]
    public void Where_that_does_not_keep_up_the_writer_does_it()
    {
        using var checkpoints = new JournalCheckpoints(File);
        while (writer.LogPages < 24_000)
            Commit(null, Megabyte); // nobody hears of them

        Commit(checkpoints, 1);

        Assert.InRange(Commit(checkpoints, 1), 1, Little);
    }

    private int Commit(JournalCheckpoints? checkpoints, long bytes)
    {
        insert.Bind(1, bytes).Run();
        checkpoints?.Committed(writer);
        return writer.LogPages;
    }

    public void Dispose()
    {
        insert.Dispose();
        writer.Dispose();
        folder.Delete(recursive: true);
    }
}
