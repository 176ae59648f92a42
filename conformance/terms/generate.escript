#!/usr/bin/env escript
%% Writes erlang.json and encode.json beside itself; see ../README.md. The bytes are what term_to_binary makes.
%%
%% Made by hand are only those that no term_to_binary writes; all are shown to binary_to_term, which must agree.
-mode(compile).

main(_) ->
    Here = filename:dirname(escript:script_name()),
    write(filename:join(Here, "erlang.json"), readable() ++ foreign() ++ malformed()),
    write(filename:join(Here, "encode.json"), encoded()).

write(File, Entries) ->
    Lines = lists:join(",\n", [object(Entry) || Entry <- Entries]),
    ok = file:write_file(File, ["[\n", Lines, "\n]\n"]).

object(Fields) ->
    ["{", lists:join(", ", [[quoted(atom_to_binary(K)), ": ", field(V)] || {K, V} <- Fields]), "}"].

field(true) -> "true";
field(Text) -> quoted(Text).

%% What is readable: made from the term, with the options of term_to_binary.

readable() ->
    [read(Name, X, Options) || {Name, X, Options} <- plain()] ++
    [read(Name, X, [compressed]) || {Name, X} <- [
        {"compressed: a list", lists:duplicate(200, <<"relay">>)},
        {"compressed: a map", #{<<"text">> => binary:copy(<<"again and "/utf8>>, 100)}},
        {"compressed: a large text", binary:copy(<<"größer "/utf8>>, 2000)},
        {"compressed: rows", [#{<<"id">> => N, <<"name">> => <<"n">>} || N <- lists:seq(1, 300)]}
    ]] ++
    [data("bytes that are no text", <<0, 255, 254, 128>>), data("bytes: a cut UTF-8 sequence", <<"caf", 16#C3>>)] ++
    [made(Name, Bytes, Json) || {Name, Bytes, Json} <- [
        {"a big integer that would fit a byte", <<131, 110, 1, 0, 5>>, "5"},
        {"a big integer with zeros above", <<131, 110, 4, 1, 5, 0, 0, 0>>, "-5"},
        {"a big integer of no bytes", <<131, 110, 0, 0>>, "0"},
        {"a large big integer that is small", <<131, 111, 0, 0, 0, 2, 0, 1, 1>>, "257"},
        {"an empty list in the form of a list", <<131, 108, 0, 0, 0, 0, 106>>, "[]"},
        {"an empty charlist", <<131, 107, 0, 0>>, "[]"},
        {"a large tuple of two", <<131, 105, 0, 0, 0, 2, 97, 1, 97, 2>>, "[1,2]"},
        {"an atom in the long UTF-8 form", <<131, 118, 0, 2, "ok">>, "\"ok\""},
        {"nil in the long UTF-8 form", <<131, 118, 0, 3, "nil">>, "null"},
        {"an atom in the small old form", <<131, 115, 2, "ok">>, "\"ok\""},
        {"a negative integer in four bytes", <<131, 98, 255, 255, 255, 255>>, "-1"}
    ]].

plain() ->
    Old = [{minor_version, 1}],
    Utf8 = [{minor_version, 2}],
    Atoms = [{nil, "nil"}, {true, "true"}, {false, "false"}, {ok, "ok"}, {null, "null is a name like any other"},
        {undefined, "undefined"}, {'', "without a letter"}, {'Elixir.MyApp.Worker', "a module"},
        {'with space', "with a space"}, {'say "hi"', "with quotes"},
        {binary_to_atom(binary:copy(<<"a">>, 255)), "of 255 letters"}],
    [{"atom " ++ What, A, Utf8} || {A, What} <- Atoms] ++
    [{"atom in the old form: " ++ What, A, Old} || {A, What} <- Atoms] ++
    [
        {"atom with an umlaut", binary_to_atom(<<"größe"/utf8>>), Utf8},
        {"atom with an umlaut, in Latin-1", binary_to_atom(<<"größe"/utf8>>), Old},
        {"atom beyond Latin-1", binary_to_atom(<<"привет"/utf8>>), Old},
        {"atom of 255 letters of four bytes", binary_to_atom(binary:copy(<<"😀"/utf8>>, 255)), Utf8},
        {"map with a key in Latin-1", #{binary_to_atom(<<"größe"/utf8>>) => 1}, Old}
    ] ++
    [{"integer " ++ integer_to_list(N), N, Utf8} || N <- [0, 1, 127, 128, 255, 256, -1, -128, -256, 65535,
        2147483647, -2147483648]] ++
    [{"integer just over 32 bits", 2147483648, Utf8}, {"integer just under -32 bits", -2147483649, Utf8},
        {"integer 2^63-1", (1 bsl 63) - 1, Utf8}, {"integer -2^63", -(1 bsl 63), Utf8},
        {"integer 2^64", 1 bsl 64, Utf8}, {"integer -2^64", -(1 bsl 64), Utf8},
        {"integer 10^40", pow(10, 40), Utf8}, {"integer -10^40", -pow(10, 40), Utf8},
        {"the largest integer of the small form", (1 bsl (255 * 8)) - 1, Utf8},
        {"the smallest integer of the large form", 1 bsl (255 * 8), Utf8},
        {"the same, negative", -(1 bsl (255 * 8)), Utf8},
        {"integer of 1,000 digits", pow(10, 999) + 7, Utf8}] ++
    [{"float " ++ Shown, F, Utf8} || {Shown, F} <- [{"0.0", 0.0}, {"-0.0", -0.0}, {"1.0", 1.0}, {"-1.5", -1.5},
        {"0.1", 0.1}, {"1.0e308", 1.0e308}, {"the largest", 1.7976931348623157e308}, {"the smallest", 5.0e-324},
        {"the smallest normal", 2.2250738585072014e-308}, {"1.0e22", 1.0e22}, {"pi", 3.141592653589793}]] ++
    [{"float in the oldest form: " ++ Shown, F, [{minor_version, 0}]} || {Shown, F} <- [{"1.5", 1.5}, {"-0.0", -0.0},
        {"1.0e308", 1.0e308}, {"0.1", 0.1}]] ++
    [{"text: empty", <<>>, Utf8}, {"text", <<"relay">>, Utf8}, {"text in UTF-8", <<"Größe, привет, 😀"/utf8>>, Utf8},
        {"text with quotes, backslashes and slashes", <<"\"\\/\"">>, Utf8},
        {"text with control characters", <<"a\b\f\n\r\t", 1, 31, 127, "z">>, Utf8},
        {"text with U+0000", <<"a", 0, "b">>, Utf8},
        {"text with U+2028 and U+FFFF", <<16#2028/utf8, 16#FFFF/utf8>>, Utf8},
        {"text that looks like JSON", <<"{\"a\":[1]}">>, Utf8}] ++
    [{"list: empty", [], Utf8}, {"list of texts", [<<"a">>, <<"b">>], Utf8},
        {"list of one beyond a byte", [256], Utf8}, {"list of lists", [[], [[]], [[], [1000]]], Utf8},
        {"list of everything", [nil, true, false, ok, 1, -1, 1 bsl 70, 1.5, <<"x">>, [], {}, #{}], Utf8},
        {"charlist", "relay", Utf8}, {"charlist of bytes", [0, 127, 128, 255], Utf8},
        {"charlist of 1,024", lists:duplicate(1024, $x), Utf8},
        {"charlist beyond a byte", "Größe" ++ [1087], Utf8}] ++
    [{"tuple: empty", {}, Utf8}, {"tuple {:ok, value}", {ok, #{<<"n">> => 1}}, Utf8},
        {"tuple {:error, reason}", {error, <<"no">>}, Utf8}, {"tuple of tuples", {{1, 2}, {3, {4}}}, Utf8},
        {"tuple of 255", list_to_tuple(lists:seq(1, 255)), Utf8},
        {"tuple of 256", list_to_tuple(lists:seq(1, 256)), Utf8}] ++
    [{"map: empty", #{}, Utf8}, {"map with keys of text", #{<<"a">> => 1, <<"b">> => <<"c">>}, Utf8},
        {"map with an empty key", #{<<>> => 1}, Utf8}, {"map with keys in UTF-8", #{<<"größe"/utf8>> => 1}, Utf8},
        {"map with a key that needs escapes", #{<<"a\"b\\c\n">> => 1}, Utf8},
        {"map with keys of atoms", #{id => 7, name => <<"Anna">>}, Utf8},
        {"map with keys of atoms in the old form", #{id => 7, name => <<"Anna">>}, Old},
        {"map with the keys nil and true", #{nil => 1, true => 2}, Utf8},
        {"map with keys of integers", #{0 => <<"a">>, 255 => <<"b">>, 1000 => <<"c">>, -5 => <<"d">>}, Utf8},
        {"map with keys of all kinds", #{1 => a, two => b, <<"three">> => c}, Utf8},
        {"map of maps", #{<<"a">> => #{<<"a">> => #{<<"a">> => #{}}}}, Utf8},
        {"map of 32 keys", maps:from_list([{integer_to_binary(N), N} || N <- lists:seq(1, 32)]), Utf8},
        {"map of 100 keys, which has no order", maps:from_list([{integer_to_binary(N), N} || N <- lists:seq(1,
        100)]), Utf8},
        {"struct", #{'__struct__' => 'Elixir.MyApp.User', name => <<"Anna">>, age => 41, roles => [admin]}, Utf8},
        {"struct in the old form", #{'__struct__' => 'Elixir.MyApp.User', name => <<"Anna">>, email => nil}, Old},
        {"struct Date", #{'__struct__' => 'Elixir.Date', calendar => 'Elixir.Calendar.ISO', day => 1, month => 2,
            year => 2026}, Utf8}] ++
    [{"100 lists deep", deep(100, []), Utf8}, {"100 tuples deep", deep_tuple(100, 0), Utf8},
        {"100 maps deep", deep_map(100, nil), Utf8},
        {"large", [#{<<"id">> => N, <<"price">> => N / 8, <<"tags">> => [<<"a">>, <<"b">>], <<"ok">> => N rem 2 =:= 0}
            || N <- lists:seq(1, 250)], Utf8}].

deep(0, X) -> X;
deep(N, X) -> deep(N - 1, [X]).
deep_tuple(0, X) -> X;
deep_tuple(N, X) -> deep_tuple(N - 1, {X}).
deep_map(0, X) -> X;
deep_map(N, X) -> deep_map(N - 1, #{<<"k">> => X}).

pow(_, 0) -> 1;
pow(B, N) -> B * pow(B, N - 1).

read(Name, X, Options) ->
    Bytes = term_to_binary(X, Options),
    true = binary_to_term(Bytes) =:= X,
    [{name, Name}, {term, base64:encode(Bytes)}, {json, iolist_to_binary(json(X))}].

data(Name, Bytes) ->
    [{name, Name}, {term, base64:encode(term_to_binary(Bytes))}, {data, base64:encode(Bytes)}].

made(Name, Bytes, Json) ->
    _ = binary_to_term(Bytes),
    [{name, Name}, {term, base64:encode(Bytes)}, {json, Json}].

%% What is a term, and has no JSON.

foreign() ->
    Pid = list_to_pid("<0.41.0>"),
    Port = list_to_port("#Port<0.6>"),
    Ref = list_to_ref("#Ref<0.1.2.3>"),
    Fun = fun erlang:self/0,
    Closure = binary_to_term(closure()),
    [refuse(Name, term_to_binary(X)) || {Name, X} <- [
        {"a pid", Pid}, {"a pid in a list", [1, Pid]}, {"a pid in a map", #{<<"pid">> => Pid}},
        {"a pid in a tuple", {ok, Pid}}, {"a port", Port}, {"a ref", Ref}, {"a ref in a tuple", {ok, Ref}},
        {"a fun of a module", Fun}, {"a fun of a module in a map", #{f => Fun}}, {"a closure", Closure},
        {"an improper list", [1 | 2]}, {"an improper list with a text below", [<<"a">> | <<"b">>]},
        {"an improper list in a map", #{<<"a">> => [1, 2 | 3]}},
        {"a bit", <<1:1>>}, {"bits that are no whole bytes", <<"abc", 5:3>>}, {"bits in a list", [<<5:3>>]},
        {"bytes that are no text, in a list", [<<255>>]},
        {"bytes that are no text, in a map", #{<<"b">> => <<255, 254>>}},
        {"a surrogate in UTF-8", [<<16#ED, 16#A0, 16#80>>]}, {"an overlong slash in UTF-8", [<<16#C0, 16#AF>>]},
        {"a key that is no text", #{<<255>> => 1}}, {"a key that is a tuple", #{{1, 2} => 3}},
        {"a key that is a list", #{[1000] => 1}}, {"a key that is a charlist", #{"ab" => 1}},
        {"a key that is a float", #{1.5 => 1}}, {"a key that is a map", #{#{} => 1}}
    ]] ++ [
        refuse("a fun, compressed", term_to_binary(lists:duplicate(50, Fun), [compressed])),
        refuse("100,000 lists deep, compressed", term_to_binary(deep(100000, []), [compressed])),
        refuse("100,000 maps deep, compressed", term_to_binary(deep_map(100000, nil), [compressed]))
    ].

%% As `fun() -> X end` of a module that is not there, with X = 1.
closure() ->
    Rest = <<0, 0:128, 0:32, 1:32, 119, 1, "m", 97, 0, 97, 0, 88, 119, 13, "nonode@nohost", 41:32, 0:32, 0:32, 97,
        1>>,
    <<131, 112, (byte_size(Rest) + 4):32, Rest/binary>>.

refuse(Name, Bytes) ->
    _ = binary_to_term(Bytes),
    [{name, Name}, {term, base64:encode(Bytes)}, {error, true}].

%% What is no term.

malformed() ->
    Map = term_to_binary(#{<<"a">> => [1, <<"two">>, 3.0]}),
    Packed = term_to_binary(lists:duplicate(100, <<"relay">>), [compressed]),
    <<131, 80, Size:32, Stream/binary>> = Packed,
    Plain = term_to_binary([1000]),
    <<131, Inner/binary>> = Plain,
    [broken(Name, Bytes) || {Name, Bytes} <- [
        {"nothing at all", <<>>}, {"the version and nothing more", <<131>>}, {"another version", <<130, 97, 1>>},
        {"no version", <<97, 1>>}, {"the version twice", <<131, 131, 97, 1>>},
        {"text instead of a term", <<"{\"a\":1}">>}
    ] ++ [{"cut to " ++ integer_to_list(N) ++ " bytes", binary:part(Map, 0, N)} || N <- lists:seq(2,
        byte_size(Map) - 1, 3)] ++ [
        {"cut: an integer of one byte", <<131, 97>>}, {"cut: an integer of four bytes", <<131, 98, 0, 0, 1>>},
        {"cut: a float", <<131, 70, 63, 248>>}, {"cut: an old float", <<131, 99, "1.5">>},
        {"cut: an atom", <<131, 119, 3, "ni">>}, {"cut: a charlist", <<131, 107, 0, 3, "ab">>},
        {"cut: a big integer", <<131, 110, 9, 0, 1, 2>>},
        {"cut: a list without its end", <<131, 108, 0, 0, 0, 1, 97, 1>>},
        {"cut: a map without its last value", <<131, 116, 0, 0, 0, 1, 97, 1>>},
        {"a binary of 4 GiB", <<131, 109, -1:32, "abc">>}, {"a list of 2^32-1", <<131, 108, -1:32, 97, 1, 106>>},
        {"a tuple of 2^32-1", <<131, 105, -1:32, 97, 1>>}, {"a map of 2^32-1", <<131, 116, -1:32, 97, 1, 97, 1>>},
        {"an integer of 2^32-1 bytes", <<131, 111, -1:32, 0, 1>>},
        {"an old float that is text", <<131, 99, "one and a half", 0:136>>},
        {"a float that is infinite", <<131, 70, 16#7FF0000000000000:64>>},
        {"a float that is no number", <<131, 70, 16#7FF8000000000000:64>>},
        {"a reference to an atom cache", <<131, 82, 0>>},
        {"an unknown tag, 0", <<131, 0>>}, {"an unknown tag, 255", <<131, 255, 0, 0, 0, 0>>},
        {"an unknown tag in a list", <<131, 108, 0, 0, 0, 1, 200, 106>>},
        {"compressed: nothing more", <<131, 80>>}, {"compressed: a size and nothing more", <<131, 80, 5:32>>},
        {"compressed: no stream", <<131, 80, 5:32, "hello">>},
        {"compressed: cut", binary:part(Packed, 0, byte_size(Packed) - 3)},
        {"compressed: a byte changed", flip(Packed, byte_size(Packed) - 2)},
        {"compressed: announced too small", <<131, 80, (Size - 1):32, Stream/binary>>},
        {"compressed: announced too large", <<131, 80, (Size + 1):32, Stream/binary>>},
        {"compressed: announced as 4 GiB", <<131, 80, -1:32, Stream/binary>>},
        {"compressed: with the version inside", pack(Plain)},
        {"compressed: twice", pack(binary:part(pack(Inner), 1, byte_size(pack(Inner)) - 1))},
        {"compressed: a cut term inside", pack(binary:part(Inner, 0, byte_size(Inner) - 1))}
    ]] ++ [
        %% Erlang overlooks what comes after a term; that is a term and something else.
        refuse("trailing byte", <<Plain/binary, 0>>), refuse("trailing term", <<Plain/binary, Plain/binary>>),
        refuse("trailing byte after a text", <<(term_to_binary(<<"a">>))/binary, 0>>),
        [{name, "compressed: a trailing byte inside"}, {term, base64:encode(pack(<<Inner/binary, 0>>))},
            {error, true}],
        [{name, "compressed: a trailing byte after the stream"}, {term, base64:encode(<<Packed/binary, 0>>)},
            {error, true}]
    ].

pack(Bytes) -> <<131, 80, (byte_size(Bytes)):32, (zlib:compress(Bytes))/binary>>.

flip(Bytes, At) ->
    <<Before:At/binary, Byte, After/binary>> = Bytes,
    <<Before/binary, (Byte bxor 16#55), After/binary>>.

broken(Name, Bytes) ->
    {Name, {'EXIT', {badarg, _}}} = {Name, catch binary_to_term(Bytes)},
    [{name, Name}, {term, base64:encode(Bytes)}, {error, true}].

%% What an encoder writes. Left out is where Erlang chooses another form for the same value: lists of bytes (a
%% charlist) and maps of several keys that are not in Erlang's order.

encoded() ->
    [[{name, Name}, {json, Json},
        {term, base64:encode(term_to_binary(X, [{minor_version, 1}]))}] || {Name, Json, X} <- [
        {"null", "null", nil}, {"true", "true", true}, {"false", "false", false},
        {"integer 0", "0", 0}, {"integer -0", "-0", 0}, {"integer 255", "255", 255}, {"integer 256", "256", 256},
        {"integer -1", "-1", -1}, {"integer 2^31-1", "2147483647", 2147483647},
        {"integer -2^31", "-2147483648", -2147483648}, {"integer 2^31", "2147483648", 2147483648},
        {"integer 2^63-1", "9223372036854775807", (1 bsl 63) - 1},
        {"integer -2^63", "-9223372036854775808", -(1 bsl 63)},
        {"integer 2^63", "9223372036854775808", 1 bsl 63}, {"integer 2^64", "18446744073709551616", 1 bsl 64},
        {"integer -10^40", "-1" ++ lists:duplicate(40, $0), -pow(10, 40)},
        {"the largest integer of the small form", integer_to_list((1 bsl 2040) - 1), (1 bsl 2040) - 1},
        {"the smallest integer of the large form", integer_to_list(1 bsl 2040), 1 bsl 2040},
        {"the same, negative", integer_to_list(-(1 bsl 2040)), -(1 bsl 2040)},
        {"float 0.0", "0.0", 0.0}, {"float -0.0", "-0.0", -0.0}, {"float 1.5", "1.5", 1.5},
        {"float 1e2", "1e2", 100.0},
        {"float 1E+2", "1E+2", 100.0}, {"float 1.0e308", "1.0e308", 1.0e308}, {"float 5e-324", "5e-324", 5.0e-324},
        {"float 0.1", "0.1", 0.1},
        {"text: empty", "\"\"", <<>>}, {"text", "\"relay\"", <<"relay">>},
        {"text in UTF-8", <<"\"Größe 😀\""/utf8>>, <<"Größe 😀"/utf8>>},
        {"text with escapes", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", <<"\"\\/\b\f\n\r\t">>},
        {"text with \\u escapes", "\"\\u00fc\\u20AC\"", <<"ü€"/utf8>>},
        {"text with a surrogate pair", "\"\\ud83d\\ude00\"", <<"😀"/utf8>>},
        {"list: empty", "[]", []}, {"list: empty, with space", " [ ] ", []},
        {"list of texts", "[\"a\",\"b\"]", [<<"a">>, <<"b">>]}, {"list of lists", "[[],[[]]]", [[], [[]]]},
        {"list of everything", "[null,true,false,256,-1,1.5,\"x\",[],{}]", [nil, true, false, 256, -1, 1.5,
        <<"x">>, [], #{}]},
        {"object: empty", "{}", #{}}, {"object of one", "{\"a\":1}", #{<<"a">> => 1}},
        {"object in order", "{\"a\":1,\"b\":[1000],\"c\":{\"d\":null}}", #{<<"a">> => 1, <<"b">> => [1000],
        <<"c">> => #{<<"d">> => nil}}},
        {"object with space", " { \"a\" :\t1 ,\r\n\"b\" : 2 } ", #{<<"a">> => 1, <<"b">> => 2}},
        {"object with a key twice", "{\"a\":1,\"a\":2}", #{<<"a">> => 2}},
        {"object with an empty key", "{\"\":0}", #{<<>> => 0}},
        {"object with a key that is escaped", "{\"\\u0061\\n\":0}", #{<<"a\n">> => 0}},
        {"100 lists deep", lists:duplicate(100, $[) ++ lists:duplicate(100, $]), deep(99, [])}
    ]].

%% JSON text, without white space.

json(nil) -> "null";
json(true) -> "true";
json(false) -> "false";
json(X) when is_atom(X) -> quoted(atom_to_binary(X));
json(X) when is_integer(X) -> integer_to_binary(X);
json(X) when is_float(X) -> float_to_binary(X, [short]);
json(X) when is_binary(X) -> quoted(X);
json(X) when is_tuple(X) -> json(tuple_to_list(X));
json(X) when is_list(X) -> ["[", lists:join(",", [json(Y) || Y <- X]), "]"];
json(X) when is_map(X) -> ["{", lists:join(",", [[key(K), ":", json(V)] || {K, V} <- maps:to_list(X)]), "}"].

key(X) when is_integer(X) -> quoted(integer_to_binary(X));
key(X) when is_atom(X) -> quoted(atom_to_binary(X));
key(X) -> quoted(X).

quoted(Text) -> ["\"", [escaped(C) || C <- unicode:characters_to_list(Text)], "\""].

escaped($") -> "\\\"";
escaped($\\) -> "\\\\";
escaped($\n) -> "\\n";
escaped($\r) -> "\\r";
escaped($\t) -> "\\t";
escaped(C) when C < 32 -> io_lib:format("\\u~4.16.0b", [C]);
escaped(C) -> <<C/utf8>>.
