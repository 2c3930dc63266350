using System.Text.RegularExpressions;

namespace Tokenline.Charging.Tests.Architecture;

/// <summary>
/// Forty-six mistakes with money that others have made: each has at least one test here, marked with its number, and the page
/// <c>tests/WhatOthersGotWrong.md</c> says which. Read from the sources, so that a test which is renamed or removed is missed.
/// </summary>
public sealed partial class WhatOthersGotWrongTests
{
    private const int Lines = 46;

    [Fact]
    public void Every_line_has_a_test()
    {
        var lines = Marked().Select(test => test.Line).ToHashSet();

        Assert.Empty(Enumerable.Range(1, Lines).Except(lines));
        Assert.All(lines, line => Assert.InRange(line, 1, Lines));
    }

    [Fact]
    public void The_page_names_the_tests_that_there_are_and_no_others()
    {
        var marked = Marked().ToHashSet();
        var named = Named().ToList();

        Assert.Empty(named.Except(marked));
        Assert.Empty(marked.Except(named));
        Assert.Equal(named.Count, named.Distinct().Count());
    }

    [Fact]
    public void The_page_says_each_line_in_words()
    {
        var said = File.ReadLines(Page()).Select(line => Row().Match(line)).Where(row => row.Success).ToList();

        Assert.Equal(Enumerable.Range(1, Lines), said.Select(row => int.Parse(row.Groups["line"].Value)));
        Assert.All(said, row => Assert.True(row.Groups["words"].Value.Length > 20));
    }

    private static IEnumerable<(int Line, string Test)> Named()
    {
        var line = 0;
        foreach (var text in File.ReadLines(Page()))
        {
            if (Row().Match(text) is { Success: true } row)
                line = int.Parse(row.Groups["line"].Value);
            else if (Name().Match(text) is { Success: true } name)
                yield return (line, name.Groups["test"].Value);
        }
    }

    /// <summary>The test methods that carry the mark, by their full names.</summary>
    private static IEnumerable<(int Line, string Test)> Marked()
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Root().FullName, "tests"), "*.cs", SearchOption.AllDirectories))
        {
            var source = File.ReadAllText(file);
            if (!Mark().IsMatch(source))
                continue;
            var owner = $"{Namespace().Match(source).Groups["name"].Value}.{Class().Match(source).Groups["name"].Value}";
            var marks = new List<int>(); // of the method that comes next
            foreach (var text in source.Split('\n'))
            {
                if (Mark().Match(text) is { Success: true } mark)
                    marks.Add(int.Parse(mark.Groups["line"].Value));
                if (Method().Match(text) is not { Success: true } method)
                    continue;
                foreach (var line in marks)
                    yield return (line, $"{owner}.{method.Groups["name"].Value}");
                marks.Clear();
            }
            Assert.Empty(marks);
        }
    }

    private static string Page() => Path.Combine(Root().FullName, "tests", "WhatOthersGotWrong.md");

    private static DirectoryInfo Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Tokenline.slnx")))
            folder = folder.Parent ?? throw new DirectoryNotFoundException("the solution's root is above the tests");
        return folder;
    }

    [GeneratedRegex("""^(?<line>\d+)\. (?<words>.+)$""")]
    private static partial Regex Row();

    [GeneratedRegex("""^   \* `(?<test>[\w.]+)`$""")]
    private static partial Regex Name();

    [GeneratedRegex("""^namespace (?<name>[\w.]+);""", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex("""^(?:public|internal) (?:sealed |partial )*class (?<name>\w+)""", RegexOptions.Multiline)]
    private static partial Regex Class();

    [GeneratedRegex("""^    public (?:async )?(?:Task|void) (?<name>\w+)\(""")]
    private static partial Regex Method();

    [GeneratedRegex("""^    \[Trait\("WhatOthersGotWrong", "(?<line>\d+)"\)\]""", RegexOptions.Multiline)]
    private static partial Regex Mark();
}
