using System.Text;
using CsCheck;
using Tokenline.Gateway.Batches;

namespace Tokenline.Gateway.Tests.Batches;

public class BatchInputTests
{
    [Fact]
    public void Lines_are_the_same_wherever_the_file_is_cut_into_pieces()
    {
        const string file =
            "{\"custom_id\":\"a\",\"method\":\"POST\",\"url\":\"/v1\",\"body\":{ \"text\" : \"caf\\u00e9 \u2713\" }}\r\n\n"
            + "{\"body\":{\"n\":1.0},\"url\":\"/v1\",\"method\":\"POST\",\"custom_id\":\"b\"}\nno\n"
            + "{\"custom_id\":\"c\",\"method\":\"POST\",\"url\":\"/v1\",\"body\":{}}";
        var bytes = Encoding.UTF8.GetBytes(file);
        Gen.Int[1, bytes.Length]
            .Array[0, 6]
            .Sample(cuts =>
            {
                var input = new BatchInput("/v1", 100, 1000);
                int[] at = [0, .. cuts.Order(), bytes.Length];
                var pieces = at.Zip(at.Skip(1), (from, to) => bytes.AsMemory(from..to));

                var lines = input.ReadAsync(Of(pieces), default).ToBlockingEnumerable().ToList();

                Assert.Equal([(1, "a"), (3, "b"), (5, "c")], lines.Select(line => (line.Number, line.CustomId)));
                Assert.Equal("{ \"text\" : \"caf\\u00e9 \u2713\" }", Encoding.UTF8.GetString(lines[0].Body));
                var error = Assert.Single(input.Errors);
                Assert.Equal(("invalid_json_line", 4), (error.Code, error.Line));
            });
    }

    [Theory]
    [InlineData("", "empty_file")]
    [InlineData("\n \n", "empty_file")]
    [InlineData("1\n2\n3\n4\n", "too_many_tasks")]
    public void A_file_without_lines_or_with_too_many_has_an_error_of_its_own(string file, string code)
    {
        var input = new BatchInput("/v1", 3, 1000);

        Assert.Empty(input.ReadAsync(Of([Encoding.UTF8.GetBytes(file)]), default).ToBlockingEnumerable());

        Assert.Equal(code, input.Errors[^1].Code);
    }

    [Fact]
    public void A_line_that_is_too_large_is_not_read_to_its_end()
    {
        var input = new BatchInput("/v1", 3, 10);
        var read = 0;

        Assert.Empty(input.ReadAsync(Of(Pieces()), default).ToBlockingEnumerable());

        Assert.Equal("line_too_large", Assert.Single(input.Errors).Code);
        Assert.InRange(read, 1, 3);

        IEnumerable<Memory<byte>> Pieces()
        {
            for (; read < 1000; read++)
                yield return new byte[8];
        }
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> Of(IEnumerable<Memory<byte>> pieces)
    {
        foreach (var piece in pieces)
        {
            await Task.Yield();
            yield return piece;
        }
    }
}
