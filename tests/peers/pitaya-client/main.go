// A client of pitaya, for the tests of stock clients.
//
//	client tcp|ws <address> json|protobuf
//
// It prints the routes of its dictionary. Then it sends a message for each line of its standard input,
//
//	request|notify <route> <text in JSON>
//
// and prints a line for each message that comes:
//
//	reply <text>
//	error <code> <text>
//	push <route> <text>
//
// After the line `closed` it waits until the server has closed the connection, and prints `closed`.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"sort"
	"strings"
	"time"

	"github.com/golang/protobuf/proto"
	"github.com/sirupsen/logrus"
	"github.com/topfreegames/pitaya/v2/client"
	"github.com/topfreegames/pitaya/v2/conn/message"
	"github.com/topfreegames/pitaya/v2/protos"
)

// limit is the time that the process may take.
const limit = 60 * time.Second

// Text is the message of all routes.
type Text struct {
	Text string `protobuf:"bytes,1,opt,name=text,proto3" json:"text"`
}

func (t *Text) Reset()         { *t = Text{} }
func (t *Text) String() string { return t.Text }
func (*Text) ProtoMessage()    {}

// A serializer as the application of a client has it.
type serializer struct {
	encode func(*Text) ([]byte, error)
	decode func([]byte, proto.Message) error
}

var serializers = map[string]serializer{
	"json": {
		encode: func(text *Text) ([]byte, error) { return json.Marshal(text) },
		decode: func(body []byte, into proto.Message) error { return json.Unmarshal(body, into) },
	},
	"protobuf": {
		encode: func(text *Text) ([]byte, error) { return proto.Marshal(text) },
		decode: proto.Unmarshal,
	},
}

func main() {
	time.AfterFunc(limit, func() { fail("it took more than %s", limit) })
	transport, address, serializer := os.Args[1], os.Args[2], serializers[os.Args[3]]
	// It logs kicks as warnings.
	c := client.New(logrus.WarnLevel)
	if err := connect(c, transport, address); err != nil {
		fail("%s over %s: %v", address, transport, err)
	}
	fmt.Println("dictionary", strings.Join(routes(), " "))
	go print(c.MsgChannel(), serializer)
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		if lines.Text() == "closed" {
			for c.ConnectedStatus() {
				time.Sleep(time.Millisecond)
			}
			fmt.Println("closed")
			continue
		}
		if err := send(c, serializer, strings.SplitN(lines.Text(), " ", 3)); err != nil {
			fail("%s: %v", lines.Text(), err)
		}
	}
	c.Disconnect()
}

func connect(c *client.Client, transport, address string) error {
	if transport == "ws" {
		return c.ConnectToWS(address, "/nano")
	}
	return c.ConnectTo(address)
}

func routes() []string {
	names := []string{}
	for name := range message.GetDictionary() {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

func send(c *client.Client, serializer serializer, line []string) error {
	text := &Text{}
	if err := json.Unmarshal([]byte(line[2]), &text.Text); err != nil {
		return err
	}
	body, err := serializer.encode(text)
	if err != nil {
		return err
	}
	if line[0] == "notify" {
		return c.SendNotify(line[1], body)
	}
	_, err = c.SendRequest(line[1], body)
	return err
}

func print(messages chan *message.Message, serializer serializer) {
	for m := range messages {
		text, failure := &Text{}, &protos.Error{}
		var err error
		switch {
		case m.Err:
			err = serializer.decode(m.Data, failure)
			fmt.Println("error", failure.Code, quoted(failure.Msg))
		case m.Type == message.Push:
			err = serializer.decode(m.Data, text)
			fmt.Println("push", m.Route, quoted(text.Text))
		default:
			err = serializer.decode(m.Data, text)
			fmt.Println("reply", quoted(text.Text))
		}
		if err != nil {
			fail("%v: %v", m, err)
		}
	}
}

func quoted(text string) string {
	quoted, err := json.Marshal(text)
	if err != nil {
		fail("%v", err)
	}
	return string(quoted)
}

func fail(format string, values ...interface{}) {
	fmt.Fprintf(os.Stderr, format+"\n", values...)
	os.Exit(1)
}
